import type { RequestHandler } from "express";

export type Room = {
  /** Of one body, bytes: what one that does not say its length counts as. */
  readonly body: number;
  /** Of all from one address. */
  readonly address: number;
  readonly all: number;
};

/**
 * Keeps room for bodies that are on their way in. They take memory by the length that they announce before anybody knows whose they are, so
 * whoever announces much and sends nothing would take all of it.
 */
export function bodyRoom(room: Room): RequestHandler {
  const taken = new Map<string, number>();
  let all = 0;
  return (request, response, next) => {
    const { headers, ip: address = "" } = request;
    const chunked = headers["transfer-encoding"] !== undefined;
    const size = chunked ? room.body : Math.min(room.body, Number(headers["content-length"] ?? 0) || 0);
    if (size === 0) return next();
    const theirs = (taken.get(address) ?? 0) + size;
    if (theirs > room.address || all + size > room.all) {
      // What still comes of it is not read.
      response.set({ connection: "close", "retry-after": "1" }).status(429);
      return void response.json({
        code: "resource_exhausted",
        message: "too much is on its way in: wait for what you have sent, then try again",
      });
    }
    taken.set(address, theirs);
    all += size;
    request.once("close", () => {
      all -= size;
      const left = (taken.get(address) ?? 0) - size;
      if (left > 0) taken.set(address, left);
      else taken.delete(address);
    });
    next();
  };
}
