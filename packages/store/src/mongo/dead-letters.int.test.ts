import { expect, it } from "@jest/globals";
import { LETTERS_A_PAGE } from "@trunkline/events";
import { openDeadLetters } from "./backend.ts";
import { connectMongo } from "./connect.ts";

it("dead letters that an older release has written, also while this one runs, are read by the sequence of their events", async () => {
  await using mongo = await connectMongo(process.env["MONGO_URL"] ?? "", `letters_${process.pid}`);
  const dead = await openDeadLetters(mongo, "desk", Date.now);
  const letter = (sequence: number, offset: number) => {
    const headers = { ce_id: `t1/c1/${sequence}`, sequence: String(sequence) };
    return { topic: "calls", partition: 3, offset, message: { key: "t1/c1", value: Buffer.from([1]), headers }, code: "x", attempts: 8 };
  };
  const last = LETTERS_A_PAGE + 2;
  await dead.write(letter(1, 50_000));
  await mongo.connection.collection<{ _id: string }>("dead_letters").insertMany(
    Array.from({ length: last - 1 }, (_, n) => {
      const { message, ...place } = letter(last - n, n);
      const _id = `desk calls 3 ${n} ${message.headers.ce_id}`;
      return { _id, tenant: "desk", ...place, ...message, headers: JSON.stringify(message.headers), at: 1 };
    }),
  );
  const first = await dead.letters("calls", "t1/c1");
  const second = await dead.letters("calls", "t1/c1", first.at(-1));
  const sequences = [...first, ...second].map(({ message }) => Number(message.headers["sequence"]));
  expect(sequences).toEqual(Array.from({ length: last }, (_, n) => n + 1));
  await mongo.connection.dropDatabase();
});
