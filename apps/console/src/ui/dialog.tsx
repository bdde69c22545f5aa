import { Modal } from "@mantine/core";
import type { ReactNode } from "react";

type Props = {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly returnFocus?: boolean;
  /** The screen behind is not to be seen. */
  readonly hides?: boolean;
  readonly children: ReactNode;
};

/** Over the screen, which stays as it is; Escape closes. Without Modal's header, which would be a second banner of the page. */
export function Dialog({ opened, onClose, title, returnFocus = true, hides = false, children }: Props) {
  return (
    <Modal.Root opened={opened} onClose={onClose} lockScroll={false} returnFocus={returnFocus} centered>
      <Modal.Overlay className={hides ? "curtain" : ""} />
      <Modal.Content>
        <Modal.Body className="dialog">
          <Modal.Title>{title}</Modal.Title>
          {children}
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
