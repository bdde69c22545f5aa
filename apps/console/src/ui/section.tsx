import { type ReactNode, useId } from "react";

/** A titled part of the screen; its place never depends on what is in it. */
export function Section({
  title,
  aside,
  className = "",
  children,
}: {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const id = useId();
  return (
    <section className={`section ${className}`} aria-labelledby={id}>
      <header className="section-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

type EmptyProps = { readonly title: string; readonly hint?: string; readonly children?: ReactNode };

export function Empty({ title, hint, children }: EmptyProps) {
  return (
    <div className="empty">
      <p>{title}</p>
      {hint ? <p className="dim">{hint}</p> : null}
      {children}
    </div>
  );
}

/** A long table scrolls in its place; the keyboard can scroll it too. */
export function Scroll({ children }: { readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <div className="scroll" tabIndex={0}>
      {children}
    </div>
  );
}

/** Lines of text that scroll in their place, by keyboard too. */
export function Lines({ children, testId }: { readonly children: ReactNode; readonly testId?: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard (WCAG 2.1.1)
    <ul className="lines" tabIndex={0} data-testid={testId}>
      {children}
    </ul>
  );
}
