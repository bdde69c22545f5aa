import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Kind } from "@trunkline/proto/records";
import { useSession } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { ListState } from "../ui/listed.tsx";
import { Empty, Section } from "../ui/section.tsx";
import { rooms, useRoom } from "../ui/unsaved.tsx";
import { KindSettings } from "./kind-settings.tsx";
import { kindsQuery } from "./kinds.ts";
import { NewRecord } from "./new-record.tsx";
import { type RecordAddress, recordAddress, roomOf } from "./record-address.ts";
import { RecordList } from "./record-list.tsx";
import { RecordPane } from "./record-pane.tsx";
import { setsKinds } from "./rights.ts";

/** Records of every kind that the reader may read: which kinds, one kind's list, and one record beside it. All of it is in the address. */
export function RecordsPage() {
  const text = useTexts();
  const address = recordAddress(useRoom());
  const read = useQuery(kindsQuery);
  const kinds = read.data;
  const kind = kinds?.find((one) => one.kind === address.kind) ?? kinds?.[0];
  const go = (next: Partial<RecordAddress>) => rooms.enter(roomOf({ ...address, kind: kind?.kind ?? "", ...next }));
  if (!kinds || !kind) {
    return (
      <main className="staff">
        <Section title={text("view.records")} className="fill">
          <ListState read={read} count={kinds?.length} none={<Empty title={text("records.noKinds")} />} />
        </Section>
      </main>
    );
  }
  return (
    <main className={`staff records ${address.recordId === "" ? "" : "opened"}`}>
      <RecordList key={kind.kind} kind={kind} kinds={kinds} address={address} go={go} />
      <Beside kind={kind} address={address} go={go} />
    </main>
  );
}

export type Go = (next: Partial<RecordAddress>) => void;
type Props = { readonly kind: Kind; readonly address: RecordAddress; readonly go: Go };

function Beside({ kind, address, go }: Props) {
  const text = useTexts();
  const session = useSession();
  const close = () => go({ recordId: "" });
  const { recordId } = address;
  if (recordId === "new") return <NewRecord key={kind.kind} kind={kind} onSaved={(id) => go({ recordId: id })} onClose={close} />;
  if (recordId === "settings") return <KindSettings key={`${kind.kind}/${kind.revision}`} kind={kind} onClose={close} />;
  if (recordId !== "") return <RecordPane key={`${kind.kind}/${recordId}`} kind={kind} recordId={recordId} onClose={close} />;
  return (
    <Section title={text("records.one")} className="fill staff-one">
      <Empty title={text("records.choose")} hint={text("records.chooseHint")}>
        {setsKinds(session?.roles ?? []) ? (
          <Button variant="default" onClick={() => go({ recordId: "settings" })}>
            {text("records.settings")}
          </Button>
        ) : null}
      </Empty>
    </Section>
  );
}
