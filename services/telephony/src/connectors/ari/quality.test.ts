import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { qualityOf } from "./quality.ts";

describe("what the exchange says of a line", () => {
  it("is an opinion score and a share of lost packets", () => {
    // As seen from a real Asterisk 22 after some seconds of G.711 with one packet lost.
    const seen = { txcount: 300, rxcount: 249, txploss: 0, rxploss: 1, txmes: 87, rxmes: 0, rtt: 0 };
    expect(qualityOf(seen)).toEqual({ mos: 4.3, lossPercent: 0.4 });
    expect(qualityOf({ ...seen, rxmes: 40 })?.mos).toBe(2.1);
    expect(qualityOf({ ...seen, rxcount: 0 })?.lossPercent).toBe(0);
  });

  it("is nothing while there is no score, and never out of range", () => {
    expect([qualityOf({ txmes: 0, rxmes: 0 }), qualityOf(undefined), qualityOf("no"), qualityOf(null)]).toEqual(Array(4).fill(undefined));
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom("txmes", "rxmes", "rxploss", "rxcount"), fc.anything()), (reply) => {
        const quality = qualityOf(reply);
        return quality === undefined || (quality.mos >= 1 && quality.mos <= 4.5 && quality.lossPercent >= 0 && quality.lossPercent <= 100);
      }),
    );
  });
});
