import { useTexts } from "../texts/i18n.ts";

/** What every agent must see at a glance. */
export function Alerts({ alerts }: { readonly alerts: readonly string[] }) {
  return alerts.map((alert) => (
    <strong key={alert} className={`alert ${/vip/i.test(alert) ? "alert-vip" : "alert-warn"}`}>
      {alert}
    </strong>
  ));
}

export function Grade({ grade }: { readonly grade: string }) {
  const text = useTexts();
  return grade === "" ? (
    <span className="grade grade-none" aria-hidden="true">
      –
    </span>
  ) : (
    <span className={`grade grade-${grade}`} title={text("customer.grade", { grade })}>
      <span className="hidden">{text("customer.grade", { grade })}</span>
      <span aria-hidden="true">{grade}</span>
    </span>
  );
}
