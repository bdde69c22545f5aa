import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { Customer } from "@trunkline/proto/customer";
import type { FormEvent } from "react";
import { customers } from "../api/clients.ts";
import { useSeesContactDetails } from "../session/session.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";
import { filled } from "../ui/filled.ts";
import { FormButtons } from "../ui/form-buttons.tsx";
import { submitted } from "../ui/submitted.ts";
import { useTyped } from "../ui/unsaved.tsx";

const GRADES = ["", "A", "B", "C", "D", "E"] as const;
type Props = { readonly customer: Customer; readonly onClose: () => void };

/** Lines or commas of either language. */
const listed = (typed: string) => [...new Set(typed.split(/[\n,，、;；]/).map((item) => item.trim()))].filter((item) => item !== "");

/** What changed, by the names of the contract; numbers and addresses that may not be seen are not changed. */
function changesOf(customer: Customer, field: (name: string) => string, whole: boolean) {
  const next = {
    name: field("name"),
    phones: whole ? listed(field("phones")) : customer.phones,
    emails: whole ? listed(field("emails")) : customer.emails,
    address: field("address"),
    grade: field("grade"),
    tags: listed(field("tags")),
    alerts: listed(field("alerts")),
  };
  const paths = (Object.keys(next) as (keyof typeof next)[]).filter((key) => String(next[key]) !== String(customer[key]));
  return { ...next, updateMask: { paths } };
}

/** The customer as it was when the dialog was opened: what others save meanwhile must not be saved over. */
export function EditCustomer({ customer, onClose }: Props) {
  const text = useTexts();
  const typed = useTyped();
  // Numbers and addresses are seen whole.
  const whole = useSeesContactDetails();
  const save = useAct(
    (changes: ReturnType<typeof changesOf>) =>
      customers.changeCustomer({ ...changes, customerId: customer.customerId, revision: customer.revision }),
    { says: "customer.changed", changes: ["customer", "search"], after: onClose },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const changes = changesOf(customer, submitted(event), whole);
    if (changes.updateMask.paths.length === 0) onClose();
    else save.mutate(changes);
  };
  return (
    <Dialog opened onClose={onClose} title={text("customer.editTitle")}>
      <form className="stack" onSubmit={submit} onInput={typed}>
        <div className="pair">
          <TextInput name="name" label={text("customer.name")} defaultValue={customer.name} maxLength={200} {...filled(text)} />
          <NativeSelect
            name="grade"
            label={text("customer.gradeField")}
            defaultValue={customer.grade}
            data={GRADES.map((value) => ({ value, label: value || text("customer.noGrade") }))}
          />
        </div>
        {whole ? <ContactDetails customer={customer} /> : null}
        <TextInput name="address" label={text("customer.address")} defaultValue={customer.address} maxLength={500} />
        <TextInput name="tags" label={text("customer.tagsField")} defaultValue={customer.tags.join(", ")} maxLength={2_500} />
        <TextInput name="alerts" label={text("customer.alertsField")} defaultValue={customer.alerts.join(", ")} maxLength={2_000} />
        <div className="row end">
          <FormButtons submit={text("app.save")} busy={save.isPending} cancel={text("app.cancel")} onCancel={onClose} />
        </div>
      </form>
    </Dialog>
  );
}

function ContactDetails({ customer: { phones, emails } }: { readonly customer: Customer }) {
  const text = useTexts();
  return (
    <>
      <Textarea name="phones" label={text("customer.phonesField")} defaultValue={phones.join("\n")} rows={2} maxLength={1_300} />
      <Textarea name="emails" label={text("customer.emailsField")} defaultValue={emails.join("\n")} rows={2} maxLength={5_000} />
    </>
  );
}
