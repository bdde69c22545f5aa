import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { CallerCard } from "@trunkline/desktop-client";
import { assets } from "../api/clients.ts";
import { dateOf } from "../format/time.ts";
import { useTexts } from "../texts/i18n.ts";
import { Count, ListState } from "../ui/listed.tsx";
import { Lines, Section } from "../ui/section.tsx";

const LISTED = 200;

type Props = { readonly customerId: string; readonly card: CallerCard | undefined; readonly onAdd: () => void };

/** What the customer owns and uses. */
export function Assets({ customerId, card, onAdd }: Props) {
  const text = useTexts();
  const read = useQuery({
    queryKey: ["assets", customerId],
    queryFn: async () => (await assets.listAssets({ customerId, pageSize: LISTED })).assets,
  });
  const { data } = read;
  const lines = data ? data.filter(({ state }) => state === "in_use") : (card?.assets ?? []);
  const aside = (
    <span className="row">
      <Count read={read} count={data ? lines.length : card?.assetCount} />
      <Button size="compact-xs" variant="default" onClick={onAdd}>
        {text("asset.add")}
      </Button>
    </span>
  );
  return (
    <Section title={text("asset.title")} aside={aside} className="sub">
      <ListState read={read} count={data ? lines.length : undefined} none={<p className="dim none">{text("asset.none")}</p>} />
      <Lines testId="assets">
        {lines.map(({ assetId, product, serial, site, warrantyUntil }) => (
          <li key={assetId}>
            <span className="grow">
              <span className="title">{product}</span>
              <span className="dim">{[serial, site].filter(Boolean).join(" · ")}</span>
            </span>
            <Warranty until={warrantyUntil} />
          </li>
        ))}
      </Lines>
    </Section>
  );
}

/** Its last day counts; by the reader's date. */
function Warranty({ until }: { readonly until: string }) {
  const text = useTexts();
  if (until === "") return <span className="warranty dim">{text("warranty.unknown")}</span>;
  const holds = until >= dateOf(Date.now());
  return (
    <span className="warranty">
      <span className={`tag ${holds ? "tag-sure" : "tag-none"}`}>{text(holds ? "warranty.holds" : "warranty.ended")}</span>
      <time className="num dim">{until}</time>
    </span>
  );
}
