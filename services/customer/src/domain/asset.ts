import { DomainError } from "@trunkline/errors";

/** A piece of equipment that a customer owns. Dates are `YYYY-MM-DD` where it stands, empty when not known. */
export type Asset = {
  readonly id: string;
  readonly customerId: string;
  /** Name of the model. */
  readonly product: string;
  readonly serial: string;
  readonly site: string;
  readonly installedOn: string;
  /** The last day of the warranty. */
  readonly warrantyUntil: string;
  readonly state: "in_use" | "retired";
  readonly createdAt: number;
};
export type AssetFacts = Omit<Asset, "id" | "customerId" | "createdAt">;
export type AssetEvent = { readonly type: "created" | "changed"; readonly at: number; readonly asset: Asset };

/** @throws DomainError invalid asset_date_invalid */
export function createAsset(input: Omit<Asset, "state" | "createdAt">, at: number): { state: Asset; events: AssetEvent[] } {
  const asset: Asset = { ...checked(input), state: "in_use", createdAt: at };
  return { state: asset, events: [{ type: "created", at, asset }] };
}

/** @throws DomainError invalid asset_date_invalid */
export function changeAsset(asset: Asset, facts: AssetFacts, at: number): { state: Asset; events: AssetEvent[] } {
  const changed: Asset = { ...asset, ...checked(facts) };
  const same = (Object.keys(facts) as (keyof AssetFacts)[]).every((key) => changed[key] === asset[key]);
  return same ? { state: asset, events: [] } : { state: changed, events: [{ type: "changed", at, asset: changed }] };
}

function checked<T extends Pick<Asset, "installedOn" | "warrantyUntil">>(input: T): T {
  for (const date of [input.installedOn, input.warrantyUntil]) {
    if (date !== "" && !exists(date)) throw new DomainError("invalid", "asset_date_invalid", "there is no such date: write YYYY-MM-DD");
  }
  return input;
}

function exists(date: string): boolean {
  try {
    return Temporal.PlainDate.from(date).toString() === date;
  } catch {
    return false;
  }
}
