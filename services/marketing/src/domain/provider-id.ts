/**
 * A provider's id of a message as it comes back in a receipt: other case, leading zeros or dashes, or, after SMPP 3.3, hexadecimal in the
 * answer to the submit and decimal in the receipt (or the other way round).
 */

/** So few digits without a letter are read in one way only: short counters would be taken for each other. */
const CLEARLY_LONG = 7;
const MAX_HEX = 16;

const bare = (id: string): string =>
  id
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "")
    .replace(/^0+(?=.)/, "");

/** The number that it is in hexadecimal, in decimal. */
function fromHex(id: string): string | undefined {
  const known = /^[0-9a-f]+$/.test(id) && id.length <= MAX_HEX && (id.length >= CLEARLY_LONG || /[a-f]/.test(id));
  return known ? BigInt(`0x${id}`).toString() : undefined;
}

/** Under which keys a message is kept that the provider answered with this id. */
export function providerKeys(id: string): readonly string[] {
  const own = bare(id);
  if (own === "") return [];
  const value = fromHex(own);
  return value === undefined ? [own] : [own, `x:${value}`];
}

/** The keys by which the message of a receipt's id is found, the likeliest first. */
export function receiptKeys(id: string): readonly string[] {
  const own = bare(id);
  if (own === "") return [];
  const value = fromHex(own);
  return [own, ...(/^\d+$/.test(own) ? [`x:${own}`] : []), ...(value === undefined ? [] : [value])];
}
