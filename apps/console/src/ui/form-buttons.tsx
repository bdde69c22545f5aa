import { Button } from "@mantine/core";

type Props = { readonly submit: string; readonly busy: boolean; readonly cancel: string; readonly onCancel: () => void };

/** Under a form: away from it, or do it. */
export function FormButtons({ submit, busy, cancel, onCancel }: Props) {
  return (
    <>
      <Button variant="default" onClick={onCancel}>
        {cancel}
      </Button>
      <Button type="submit" loading={busy}>
        {submit}
      </Button>
    </>
  );
}
