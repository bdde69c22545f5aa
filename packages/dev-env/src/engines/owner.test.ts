import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { claimFolder, livingOwner, type Owner, releaseFolder, updateClaim } from "./owner.ts";

const NOW = 1_800_000_000_000;
/** Above the largest id that Linux and macOS give out. */
const NOBODY = 2 ** 30;
const running: Owner = { pid: process.pid, engines: { redis: { kind: "local", address: "redis://127.0.0.1:1" } } };
const answering = async () => true;
const silent = async () => false;

describe("the owner of a data folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "trunkline-owner-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("is nobody in a new folder", async () => {
    expect(await livingOwner(folder, NOW, answering)).toBeUndefined();
  });

  it("is the process that claimed it, while one of its engines answers", async () => {
    await updateClaim(folder, running);
    expect(await livingOwner(folder, NOW, answering)).toEqual(running);
  });

  it("is nobody when the process is gone, or its id now belongs to another program", async () => {
    await updateClaim(folder, { ...running, pid: NOBODY });
    expect(await livingOwner(folder, NOW, answering)).toBeUndefined();
    await updateClaim(folder, running);
    expect(await livingOwner(folder, NOW, silent)).toBeUndefined();
  });

  it("may be starting for two minutes, not longer", async () => {
    const starting: Owner = { pid: process.pid, engines: {} };
    await claimFolder(folder, starting);
    await utimes(join(folder, "engines.json"), NOW / 1_000, NOW / 1_000);
    expect(await livingOwner(folder, NOW + 119_000, silent)).toEqual(starting);
    expect(await livingOwner(folder, NOW + 121_000, silent)).toBeUndefined();
  });

  it("can be only one of two who claim it, and another after it was released", async () => {
    const claims = await Promise.all([claimFolder(folder, running), claimFolder(folder, running)]);
    expect(claims.filter(Boolean)).toHaveLength(1);
    await releaseFolder(folder);
    expect(await claimFolder(folder, running)).toBe(true);
  });

  it("is nobody when the note is damaged", async () => {
    await writeFile(join(folder, "engines.json"), '{"pid": 1, "eng');
    expect(await livingOwner(folder, NOW, answering)).toBeUndefined();
  });
});
