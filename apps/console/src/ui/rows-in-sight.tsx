import { type ReactNode, useEffect, useRef, useState } from "react";

const TOGETHER = 25;
const ROW_PX = 37;

type Props<T> = { readonly rows: readonly T[]; readonly columns: number; readonly children: (row: T) => ReactNode };

/** The rows of a table that may be thousands: only those in sight are there, and ask for what they show. */
export function RowsInSight<T>({ rows, columns, children }: Props<T>) {
  const bodies = Array.from({ length: Math.ceil(rows.length / TOGETHER) }, (_, n) => rows.slice(n * TOGETHER, (n + 1) * TOGETHER));
  return bodies.map((some, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a place in the table, whoever is there now
    <Body key={n} rows={some} columns={columns} seen={n === 0}>
      {children}
    </Body>
  ));
}

/** While it is out of sight one empty row, as high as its rows were. */
function Body<T>({ rows, columns, seen: atFirst, children }: Props<T> & { readonly seen: boolean }) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [seen, setSeen] = useState(atFirst);
  const height = useRef(0);
  useEffect(() => {
    if (!body.current) return;
    const eye = new IntersectionObserver(([entry]) => {
      if (!entry) return;
      if (!entry.isIntersecting) height.current = entry.boundingClientRect.height;
      setSeen(entry.isIntersecting);
    });
    eye.observe(body.current);
    return () => eye.disconnect();
  }, []);
  return (
    <tbody ref={body}>
      {seen ? (
        rows.map(children)
      ) : (
        <tr>
          <td className="unseen" colSpan={columns} style={{ height: height.current || rows.length * ROW_PX }} />
        </tr>
      )}
    </tbody>
  );
}
