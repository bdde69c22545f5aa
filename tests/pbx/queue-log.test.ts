import { describe, expect, it } from "@jest/globals";
import { countsOf } from "./queue-log.ts";

describe("a queue log", () => {
  it("is counted by queue: who entered, was answered, gave up or was sent on, and the seconds of talk", () => {
    const log = `1795901291|1795901291.31|support|NONE|ENTERQUEUE||13800138000|1
1795901292|1795901291.31|support|Agent/1001|CONNECT|1|1795901291.32|1
1795901294|1795901291.31|support|Agent/1001|ATTENDEDTRANSFER|BRIDGE|6b7b2b60|1|2|1
1795901295|1795901295.1|support|NONE|ENTERQUEUE||1|1
1795901295|1795901295.1|support|Agent/1001|CONNECT|1|1795901291.32|1
1795901298|1795901295.1|support|Agent/1001|BLINDTRANSFER|401|internal|1|3|1
1795901298|1795901295.1|sales|NONE|ENTERQUEUE||1|1
1795901299|1795901295.1|sales|NONE|ABANDON|1|1|1
1795901299|1795901299.1|sales|NONE|EXITWITHTIMEOUT|1|1|2
1795901299|1795901299.2|sales|Agent/1002|COMPLETECALLER|1|4|1`.split("\n");
    expect(countsOf(log, "support")).toEqual({ offered: 2, answered: 2, abandoned: 0, left: 0, talkMs: 5_000 });
    expect(countsOf(log, "sales")).toEqual({ offered: 1, answered: 0, abandoned: 1, left: 1, talkMs: 4_000 });
  });
});
