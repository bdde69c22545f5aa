import type { Declared, Label, ValueOf } from "./field.ts";
import type { RecordMeta } from "./record.ts";

export type Fields = Readonly<Record<string, Declared<unknown>>>;
export type ValuesOf<F extends Fields> = { readonly [N in keyof F]: ValueOf<F[N]> };

/** What a role may do with records of a kind, and with whose. */
export type Grant = {
  /** own: of which they are the owner, or which are shared with them. */
  readonly scope: "own" | "all";
  readonly may: readonly string[];
};
/** Everything but what names a right of its own. */
export const EVERYTHING = ["read", "create", "write", "assign", "remove", "act"] as const;

export type Action<F extends Fields = Fields, S extends string = string> = {
  readonly label: Label;
  readonly from: readonly S[];
  readonly to: S;
  /** What whoever acts is asked for; what is called as a field of the record is kept there. */
  readonly asks?: Fields;
  /** What must be filled before. */
  readonly needs?: readonly (keyof F & string)[];
  /** A right of its own beside `act`. */
  readonly right?: string;
  /** A rule: fields that change with it. Pure; refuses with a DomainError. */
  readonly run?: (record: RecordMeta & ValuesOf<F>, input: Readonly<Record<string, unknown>>, at: number) => Partial<ValuesOf<F>>;
};

export type KindSpec<F extends Fields, S extends string> = {
  readonly label: Label;
  /** Of collection and address: `leads`. */
  readonly plural: string;
  /** Before the number for people, as L of L-2026-000001; without it records have none. */
  readonly number?: string;
  readonly fields: F;
  /** The first one is where records begin. */
  readonly states: Readonly<Record<S, Label>>;
  readonly actions?: Readonly<Record<string, Action<F, NoInfer<S>>>>;
  /** By role. */
  readonly access: Readonly<Record<string, Grant>>;
  readonly list: {
    readonly columns: readonly (keyof F | keyof RecordMeta)[];
    readonly sort?: string;
    readonly sortable?: readonly (keyof F)[];
  };
};

export type Kind<F extends Fields = Fields, S extends string = string> = KindSpec<F, S> & { readonly name: string };
// biome-ignore lint/suspicious/noExplicitAny: what any kind is has neither fields nor states of its own
export type AnyKind = Kind<any, any>;

/** A record of this kind as rules see it. */
export type RecordOf<K> = K extends Kind<infer F, infer _S> ? RecordMeta & ValuesOf<F> : never;

/** Declares a kind of record: a value that says all that is particular to it. */
export function kind<const F extends Fields, const S extends string>(name: string, spec: KindSpec<F, S>): Kind<F, S> {
  return { name, ...spec };
}
