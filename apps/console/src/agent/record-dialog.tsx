import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Request, Survey, WorkOrder } from "@trunkline/proto/service-desk";
import type { ReactNode } from "react";
import { calls, requests, surveys, workOrders } from "../api/clients.ts";
import { errorText } from "../api/error-text.ts";
import { CallFacts } from "../calls/call-details.tsx";
import { moment } from "../format/time.ts";
import { type Texts, useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { instant } from "./caller-card.ts";
import { useColleagueNames } from "./colleagues.ts";
import { useRequestQueues } from "./request-queues.ts";

/** What was opened from a list: a call, a request, a visit, a survey. */
export type OpenRecord = { readonly kind: string; readonly id: string };

const KINDS = new Set(["call", "request", "work_order", "survey"]);
export const canOpen = ({ kind, id }: OpenRecord) => KINDS.has(kind) && id !== "";

/** All that is known of one thing, over the desk, which stays as it is. */
export function RecordDialog({ record, onClose }: { readonly record: OpenRecord; readonly onClose: () => void }) {
  const text = useTexts();
  const { data, error } = useQuery({ queryKey: ["record", record.kind, record.id], queryFn: () => read(record) });
  return (
    <Dialog opened onClose={onClose} title={text.code("contact", record.kind)}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1) */}
      <div className="record" data-testid="record" tabIndex={0}>
        {data ? <Shown record={data} /> : <p className="dim">{error ? errorText(text, error) : text("app.loading")}</p>}
      </div>
      <div className="row end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {text("calls.close")}
        </Button>
      </div>
    </Dialog>
  );
}

type Found = Awaited<ReturnType<typeof read>>;

async function read({ kind, id }: OpenRecord) {
  if (kind === "call") return { kind, call: (await calls.getCall({ callId: id })).call } as const;
  if (kind === "request") return { kind, request: (await requests.getRequest({ requestId: id })).request } as const;
  if (kind === "work_order") return { kind, visit: (await workOrders.getWorkOrder({ workOrderId: id })).workOrder } as const;
  return { kind: "survey", survey: (await surveys.getSurvey({ surveyId: id })).survey } as const;
}

function Shown({ record }: { readonly record: Found }) {
  const names = useColleagueNames();
  if (record.kind === "call") return record.call ? <CallFacts call={record.call} names={names} /> : null;
  if (record.kind === "request") return record.request ? <RequestFacts request={record.request} /> : null;
  if (record.kind === "work_order") return record.visit ? <VisitFacts visit={record.visit} /> : null;
  return record.survey ? <SurveyFacts survey={record.survey} /> : null;
}

type Fact = readonly [name: string, value: ReactNode];

function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name} className="fact">
          <dt>{name}</dt>
          <dd>{value === "" ? "–" : value}</dd>
        </div>
      ))}
    </dl>
  );
}

const at = (text: Texts, time: Parameters<typeof instant>[0]) => (time ? moment(instant(time), Date.now(), text.language) : "");

function RequestFacts({ request }: { readonly request: Request }) {
  const text = useTexts();
  const names = useColleagueNames();
  const queues = useRequestQueues();
  const due = request.targets.find(({ target }) => target === "resolution");
  const name = (id: string) => names.get(id) ?? "";
  return (
    <>
      <Facts
        facts={[
          [text("record.number"), request.number],
          [text("request.type"), text.code("type", request.type)],
          [text("record.state"), text.code("requestState", request.state)],
          [text("record.priority"), text.code("priority", request.priority)],
          [text("request.subject"), request.subject],
          [text("request.description"), request.description],
          [text("request.queue"), queues?.find(({ queueId }) => queueId === request.queueId)?.name ?? request.queueId],
          [text("record.owner"), name(request.ownerId)],
          [text("record.openedAt"), at(text, request.openedAt)],
          [text("record.dueAt"), due ? `${at(text, due.dueAt)}${due.missed ? ` · ${text("record.missed")}` : ""}` : ""],
          ...(request.resolvedAt ? [[text("record.resolvedAt"), at(text, request.resolvedAt)] as const] : []),
          ...(request.resolution ? [[text("record.resolution"), request.resolution] as const] : []),
        ]}
      />
      <h3>{text("record.history")}</h3>
      <ol className="history">
        {request.history.map((entry, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what has happened keeps its place
          <li key={n}>
            <time className="num dim">{at(text, entry.at)}</time> {text.code("history", entry.what)}
            {entry.ownerId ? ` · ${name(entry.ownerId) || "–"}` : ""}
          </li>
        ))}
      </ol>
    </>
  );
}

function VisitFacts({ visit }: { readonly visit: WorkOrder }) {
  const text = useTexts();
  const names = useColleagueNames();
  const minutes = visit.labour.reduce((sum, line) => sum + line.minutes, 0);
  return (
    <Facts
      facts={[
        [text("record.state"), text.code("visit", visit.state)],
        [text("record.window"), [at(text, visit.windowFrom), at(text, visit.windowTo)].filter(Boolean).join(" – ")],
        [text("record.engineer"), names.get(visit.engineerId) ?? ""],
        [text("record.dispatchedAt"), at(text, visit.dispatchedAt)],
        [text("record.completedAt"), at(text, visit.completedAt)],
        [text("record.parts"), visit.parts.map(({ partNumber, quantity }) => `${partNumber} × ${quantity}`).join(", ")],
        [text("record.labour"), minutes > 0 ? text("record.minutes", { minutes }) : ""],
        [text("record.summary"), visit.summary],
      ]}
    />
  );
}

function SurveyFacts({ survey }: { readonly survey: Survey }) {
  const text = useTexts();
  return (
    <Facts
      facts={[
        [text("record.state"), text.code("contactState", survey.state)],
        [text("record.score"), survey.answeredAt ? String(survey.score) : ""],
        [text("record.comment"), survey.comment],
        [text("record.invitedAt"), at(text, survey.invitedAt)],
        [text("record.answeredAt"), at(text, survey.answeredAt)],
      ]}
    />
  );
}
