import { useEffect, useMemo } from "react";
import { useDesktop, useDesktopStore } from "../desktop/desktop-store.ts";
import { clock } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { Empty, Section } from "../ui/section.tsx";
import { AgentTable } from "./agent-table.tsx";
import { agentsShown } from "./agents-shown.ts";
import { QueueTable } from "./queue-table.tsx";

/** What happens now, over the same socket as the calls: what has changed, about once a second, while the page is open. */
export function BoardPage() {
  const text = useTexts();
  const { client } = useDesktopStore();
  const board = useDesktop((state) => state.board);
  useEffect(() => client.watchBoard(), [client]);
  const agents = useMemo(() => board && agentsShown(board.agents), [board]);
  const at = board ? <span className="dim num">{text("board.at", { time: clock(board.at, text.language) })}</span> : null;
  return (
    <main className="board">
      <Section title={text("board.queues")} aside={at} className="fill">
        {board ? <QueueTable queues={board.queues} /> : <Empty title={text("board.waitingForData")} />}
      </Section>
      <Section title={text("board.agents")} aside={<span className="count num">{agents?.length ?? "–"}</span>} className="fill">
        {agents ? <AgentTable agents={agents} /> : <Empty title={text("board.waitingForData")} />}
      </Section>
    </main>
  );
}
