import { createHash } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ensureArtifacts } from "./artifacts.ts";
import { mavenMirror } from "./maven.ts";
import { pinnedArtifacts, repositoryPath } from "./pinned.ts";
import { disposable, scratchFolder } from "./testing.ts";

/** A Maven repository of this test, on loopback. */
async function repository(answer: RequestListener) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/maven`;
  return disposable(url, () => new Promise((done) => server.close(done)));
}

/** Everything in a new home, so that nothing downloaded earlier helps. PATH is empty: no Maven. */
function options(home: string, more: Record<string, string> = {}) {
  const lines: string[] = [];
  return { lines, env: { HOME: home, PATH: "", ...more }, onProgress: (line: string) => void lines.push(line) };
}

describe("the files of the local engines", () => {
  it("are pinned by checksum, every one", () => {
    const all = (["kafka", "mongo", "redis"] as const).flatMap(pinnedArtifacts);
    expect(all).toHaveLength(46);
    for (const { group, name, version, sha256 } of all) {
      expect([group, name, version].every((part) => part.length > 0)).toBe(true);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it("are refused when their checksum is wrong, and not kept", async () => {
    await using home = await scratchFolder();
    await using server = await repository((_request, response) => response.end("a page that asks for a login"));
    const { env, onProgress } = options(home.path, { MAVEN_REPOSITORY: server.it });
    await expect(ensureArtifacts(["redis"], { env, onProgress })).rejects.toThrow("checksum is not the pinned one");
    expect(await readdir(join(home.path, ".cache", "trunkline", "jars"))).toEqual([]);
  });

  it("name the address that failed, and what can be done", async () => {
    await using home = await scratchFolder();
    await using server = await repository((_request, response) => response.writeHead(404).end());
    const { env, onProgress } = options(home.path, { MAVEN_REPOSITORY: `${server.it}/` });
    const expected = `download failed: ${server.it}/com/github/codemonstur/embedded-redis/1.4.4/embedded-redis-1.4.4.jar (status 404); `;
    await expect(ensureArtifacts(["redis"], { env, onProgress })).rejects.toThrow(expected);
  });

  it("are asked for again when the repository stumbles, three times at most", async () => {
    await using home = await scratchFolder();
    let asked = 0;
    await using server = await repository((_request, response) => {
      asked += 1;
      response.writeHead(503).end();
    });
    const { env, onProgress } = options(home.path, { MAVEN_REPOSITORY: server.it });
    await expect(ensureArtifacts(["redis"], { env, onProgress })).rejects.toThrow("(status 503)");
    expect(asked).toBe(3);
  });

  it("come through the mirror in Maven's settings when there is neither Maven nor an address", async () => {
    await using home = await scratchFolder();
    const paths: string[] = [];
    await using server = await repository((request, response) => {
      paths.push(request.url ?? "");
      response.writeHead(404).end();
    });
    await mkdir(join(home.path, ".m2"));
    const settings = `<settings><mirrors>
      <!-- <mirror><mirrorOf>central</mirrorOf><url>http://commented.invalid</url></mirror> -->
      <mirror><mirrorOf>external:http:*</mirrorOf><url>http://blocked.invalid</url><blocked>true</blocked></mirror>
      <mirror><mirrorOf>other, central</mirrorOf><url> ${server.it} </url></mirror></mirrors></settings>`;
    await writeFile(join(home.path, ".m2", "settings.xml"), settings);
    const { env, onProgress } = options(home.path);
    expect(await mavenMirror(env)).toBe(server.it);
    await expect(ensureArtifacts(["redis"], { env, onProgress })).rejects.toThrow("status 404");
    expect(paths).toEqual(["/maven/com/github/codemonstur/embedded-redis/1.4.4/embedded-redis-1.4.4.jar"]);
  });

  it("cannot come from anywhere without Maven, mirror and address, and the reason lists the ways out", async () => {
    await using home = await scratchFolder();
    const { env, onProgress } = options(home.path);
    const ways = /install Maven.*MAVEN_REPOSITORY.*start Docker.*KAFKA_BROKERS/;
    await expect(ensureArtifacts(["redis"], { env, onProgress })).rejects.toThrow(ways);
  });

  it("are not taken from Maven's own store when something else lies there", async () => {
    await using home = await scratchFolder();
    const [artifact] = pinnedArtifacts("redis");
    if (!artifact) throw new Error("no pinned file for Redis");
    const stored = join(home.path, ".m2", "repository", repositoryPath(artifact));
    await mkdir(dirname(stored), { recursive: true });
    await writeFile(stored, "half a download");
    expect(createHash("sha256").update("half a download").digest("hex")).not.toBe(artifact.sha256);
    const { env, onProgress } = options(home.path);
    await expect(ensureArtifacts(["redis"], { env, onProgress })).rejects.toThrow("no way to fetch them");
  });
});
