import { errorCode } from "../api/error-text.ts";
import { useTexts } from "../texts/i18n.ts";

type Props = { readonly error: unknown; readonly says: string; readonly onLoadAgain: () => void; readonly className?: string };

/** Why a form was not saved, where no field says it; what somebody else has saved meanwhile can be loaded. */
export function Refused({ error, says, onLoadAgain, className = "" }: Props) {
  const text = useTexts();
  return (
    <p className={`form-error ${className}`} role="alert">
      {says}{" "}
      {error && errorCode(error) === "stale_revision" ? (
        <button type="button" className="plain" onClick={onLoadAgain}>
          {text("staff.loadAgain")}
        </button>
      ) : null}
    </p>
  );
}
