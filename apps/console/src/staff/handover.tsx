import { Button } from "@mantine/core";
import { useTexts } from "../texts/i18n.ts";
import { Dialog } from "../ui/dialog.tsx";
import { temporaryPassword } from "./employee-fields.ts";

export const newPassword = (): string => temporaryPassword(crypto.getRandomValues(new Uint32Array(16)));

type Props = { readonly login: string; readonly password: string; readonly onClose: () => void };

/** The temporary password, this once: nobody can read it again. */
export function Handover({ login, password, onClose }: Props) {
  const text = useTexts();
  return (
    <Dialog opened onClose={onClose} title={text("staff.handover", { login })}>
      <p className="handed num">{password}</p>
      <p>{text("staff.handoverHint")}</p>
      <div className="row end">
        {navigator.clipboard ? (
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(password)}>
            {text("staff.copy")}
          </Button>
        ) : null}
        <Button onClick={onClose}>{text("staff.handed")}</Button>
      </div>
    </Dialog>
  );
}
