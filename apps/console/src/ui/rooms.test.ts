import { describe, expect, it } from "@jest/globals";
import { openLeaving } from "./leaving.ts";
import { openRooms } from "./rooms.ts";

function start() {
  let at = "board";
  const put = (room: string) => {
    at = room;
  };
  const leaving = openLeaving();
  const rooms = openRooms({ get: () => at, put }, leaving.leave);
  const browserGoes = (room: string) => {
    at = room;
    rooms.moved();
  };
  return { rooms, leaving, browserGoes, now: () => [rooms.shown(), at] };
}

describe("the way between rooms", () => {
  it("goes where a link or the browser leads, and the address with it", () => {
    const { rooms, browserGoes, now } = start();
    rooms.enter("staff");
    expect(now()).toEqual(["staff", "staff"]);
    browserGoes("board");
    expect(now()).toEqual(["board", "board"]);
  });

  it("asks before the browser's Back throws away what is not saved, and stays until the answer", () => {
    const { rooms, leaving, browserGoes, now } = start();
    rooms.enter("staff");
    leaving.changed(true);
    browserGoes("board");
    expect([...now(), leaving.isAsking()]).toEqual(["staff", "staff", true]);
    leaving.answer(false);
    expect(now()).toEqual(["staff", "staff"]);
    browserGoes("board");
    leaving.answer(true);
    expect([...now(), leaving.isAsking()]).toEqual(["board", "board", false]);
  });

  it("asks once: what the browser tells of a step of ours is none of its own", () => {
    const { rooms, leaving } = start();
    leaving.changed(true);
    rooms.enter("staff");
    leaving.answer(true);
    rooms.moved();
    expect([rooms.shown(), leaving.isAsking()]).toEqual(["staff", false]);
  });
});
