/**
 * What can be said of a list: nothing while it is read, that it could not be read, that it is empty, or that it has lines.
 * @param count undefined: it was never read
 */
export function listState(error: unknown, count: number | undefined): "reading" | "unread" | "none" | "some" {
  if (error) return "unread";
  if (count === undefined) return "reading";
  return count === 0 ? "none" : "some";
}
