import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { assets } from "../api/clients.ts";
import { useTexts } from "../texts/i18n.ts";
import { useAct } from "../ui/act.ts";
import { Dialog } from "../ui/dialog.tsx";
import { filled } from "../ui/filled.ts";
import { submitted } from "../ui/submitted.ts";
import { useTyped } from "../ui/unsaved.tsx";

/** Whose it is. */
export type Owner = { readonly customerId: string; readonly name: string };

export function NewAsset({ owner: { customerId, name }, onClose }: { readonly owner: Owner; readonly onClose: () => void }) {
  const text = useTexts();
  const typed = useTyped();
  // One try, one id: sent again it makes no second asset.
  const [requestId] = useState(() => crypto.randomUUID());
  const add = useAct(
    (fields: Record<"product" | "serial" | "site" | "warrantyUntil", string>) => assets.createAsset({ requestId, customerId, ...fields }),
    { says: "asset.added", changes: ["assets"], after: onClose },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    const field = submitted(event);
    add.mutate({ product: field("product"), serial: field("serial"), site: field("site"), warrantyUntil: field("warrantyUntil") });
  };
  return (
    // The screen behind may show somebody else by now.
    <Dialog opened onClose={onClose} title={`${text("asset.new")}: ${name}`}>
      <form className="stack" onSubmit={submit} onInput={typed}>
        <TextInput name="product" label={text("asset.product")} maxLength={200} {...filled(text)} data-autofocus />
        <TextInput name="site" label={text("asset.site")} maxLength={500} />
        <div className="pair">
          <TextInput name="serial" label={text("asset.serial")} maxLength={64} />
          <TextInput name="warrantyUntil" type="date" label={text("asset.warrantyUntil")} />
        </div>
        <div className="row end">
          <Button type="submit" loading={add.isPending}>
            {text("asset.add")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
