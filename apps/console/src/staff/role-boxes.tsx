import { ROLES } from "@trunkline/auth/permissions";
import { useTexts } from "../texts/i18n.ts";

type Props = {
  readonly roles: readonly string[];
  readonly onChange: (roles: readonly string[]) => void;
  readonly error: string | undefined;
};

/** Every role of the rights table, with what it may do in a line. */
export function RoleBoxes({ roles, onChange, error }: Props) {
  const text = useTexts();
  return (
    <fieldset className="rows">
      <legend>{text("staff.roles")}</legend>
      {Object.keys(ROLES).map((role) => (
        <label key={role} className="role">
          <input
            type="checkbox"
            checked={roles.includes(role)}
            onChange={(event) => onChange(event.currentTarget.checked ? [...roles, role] : roles.filter((one) => one !== role))}
          />
          <span>
            {text.code("role", role)} <span className="dim">{text.code("roleHere", role)}</span>
          </span>
        </label>
      ))}
      {error ? <p className="field-error">{error}</p> : null}
    </fieldset>
  );
}
