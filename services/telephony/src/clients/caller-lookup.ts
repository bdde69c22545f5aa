import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { CallerCard, CallerView } from "@trunkline/desktop-client";
import { type CallerMatch, Certainty, type CustomerService, type IdentifyCallerResponse } from "@trunkline/proto/customer";
import type { Client } from "@trunkline/rpc";
import { backOff, type Logger } from "@trunkline/runtime";

/** Beyond this many the oldest are forgotten: only whoever has the call's connection hears of its end. */
const MAX_CALLS = 20_000;
const RETRIES = 12;

export type Lookup = {
  /** Settles within the deadline: what customer said, or pending. */
  readonly first: Promise<CallerView>;
  /** What customer said at last; stays pending when it never answered. */
  readonly final: Promise<CallerView>;
};

export type CallerLookup = {
  /** Asks once for each call, however often it rings. */
  of(call: { readonly id: string; readonly tenant: string; readonly number: string; readonly withheld: boolean }): Lookup;
  /** True until the call has been asked about. */
  isNew(callId: string): boolean;
  forget(callId: string): void;
} & AsyncDisposable;

/** One gRPC call with a deadline; when customer is away the answer is sought again, with back-off, while the call lives. */
export function callerLookup(
  customer: Pick<Client<typeof CustomerService>, "identifyCaller">,
  deadlineMs: number,
  log: Logger,
): CallerLookup {
  const lookups = new Map<string, Lookup>();
  const stop = new AbortController();
  const ask = async (tenant: string, number: string) => toView(await customer.identifyCaller({ number }, { tenant, deadlineMs }), number);
  const seek = async (id: string, tenant: string, number: string, pending: CallerView): Promise<CallerView> => {
    for (let attempt = 1; attempt <= RETRIES && lookups.has(id); attempt++) {
      await backOff(attempt, 250, 5_000, stop.signal);
      if (stop.signal.aborted) break;
      const view = await ask(tenant, number).catch(() => undefined);
      if (view) return view;
    }
    return pending;
  };
  return {
    of({ id, tenant, number, withheld }) {
      const known = lookups.get(id);
      if (known) return known;
      const pending: CallerView = { status: withheld ? "withheld" : "pending", certainty: withheld ? "none" : "", number, matches: [] };
      const first = withheld
        ? Promise.resolve(pending)
        : ask(tenant, number).catch((error: unknown) => {
            log.warn({ err: error, callId: id }, "customer did not say in time who is calling; the pop is completed later");
            return pending;
          });
      const final = first.then((view) => (view.status === "pending" ? seek(id, tenant, number, pending) : view));
      if (lookups.size >= MAX_CALLS) lookups.delete(lookups.keys().next().value as string);
      const lookup = { first, final };
      lookups.set(id, lookup);
      return lookup;
    },
    isNew: (callId) => !lookups.has(callId),
    forget: (callId) => void lookups.delete(callId),
    [Symbol.asyncDispose]: async () => stop.abort(),
  };
}

const CERTAINTY = {
  [Certainty.SURE]: "sure",
  [Certainty.MAYBE]: "maybe",
  [Certainty.NONE]: "none",
  [Certainty.UNSPECIFIED]: "none",
} as const;

function toView(answer: IdentifyCallerResponse, number: string): CallerView {
  return {
    status: "identified",
    certainty: CERTAINTY[answer.certainty] ?? "none",
    number: answer.normalizedNumber || number,
    matches: answer.matches.map(toCard),
  };
}

function toCard({ customer, reasons, openRequests, lastContacts, assets, assetCount }: CallerMatch): CallerCard {
  const ms = (at: Parameters<typeof timestampMs>[0] | undefined) => (at ? timestampMs(at) : 0);
  return {
    customerId: customer?.customerId ?? "",
    name: customer?.name ?? "",
    grade: customer?.grade ?? "",
    alerts: customer?.alerts ?? [],
    reasons,
    openRequests: openRequests.map(({ requestId, type, priority, openedAt }) => ({ requestId, type, priority, openedAt: ms(openedAt) })),
    lastContacts: lastContacts.map(({ kind, state, at }) => ({ kind, state, at: ms(at) })),
    assets: assets.map(({ assetId, product, serial, site, warrantyUntil }) => ({ assetId, product, serial, site, warrantyUntil })),
    assetCount,
  };
}
