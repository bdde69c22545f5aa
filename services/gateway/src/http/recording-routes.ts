import { once } from "node:events";
import { Router } from "express";
import type { Context } from "../context.ts";
import { userTokenOf } from "./connect-api.ts";
import { sendError } from "./http-error.ts";

/** Longer than the longest call takes to be carried over. */
const READ_MS = 120_000;

/** The sound of a call as a WAV file, with the listener's own token. */
export function recordingRoutes({ recordings }: Context): Router {
  const router = Router();
  router.get("/:callId", async (request, response) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
      const userToken = userTokenOf(request.headers.authorization);
      const { callId } = request.params;
      for await (const { audio } of recordings.readRecording({ callId }, { userToken, deadlineMs: READ_MS, signal: gone.signal })) {
        if (!response.headersSent) response.type("audio/wav").set("cache-control", "no-store");
        if (!response.write(audio)) await once(response, "drain", { signal: gone.signal });
      }
      response.end();
    } catch (error) {
      // A file that breaks off must not look like a whole one.
      if (response.headersSent) response.destroy();
      else sendError(response, error);
    }
  });
  return router;
}
