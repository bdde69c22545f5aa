import { MantineProvider, type MantineThemeOverride } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Component, type ReactNode, useEffect, useState } from "react";
import { AgentDesktop } from "./agent/agent-desktop.tsx";
import { KeepWrapUps } from "./agent/wrap-ups.tsx";
import { consoleConfig } from "./api/console-config.ts";
import { errorCode } from "./api/error-text.ts";
import { BoardPage } from "./board/board-page.tsx";
import { CallsPage } from "./calls/calls-page.tsx";
import { DesktopContext, type DesktopStore, openDesktopStore } from "./desktop/desktop-store.ts";
import { HomePage } from "./home/home-page.tsx";
import { noDesktop } from "./home/no-desktop.ts";
import { QueuesPage } from "./queues/queues-page.tsx";
import { RecordsPage } from "./records/records-page.tsx";
import { LogInPage } from "./session/log-in-page.tsx";
import { TemporaryPassword } from "./session/password-form.tsx";
import { RenewDialog } from "./session/renew-dialog.tsx";
import { type Session, useSession, worksCalls } from "./session/session.ts";
import { StaffPage } from "./staff/staff-page.tsx";
import { useTexts } from "./texts/i18n.ts";
import { Header } from "./ui/header.tsx";
import { Notices } from "./ui/notice.tsx";
import { NoNetwork } from "./ui/online.tsx";
import { AskUnsaved, useRoom } from "./ui/unsaved.tsx";
import { type View, viewsOf } from "./ui/views.ts";

const small = { defaultProps: { size: "xs" } };
const theme: MantineThemeOverride = {
  components: { Button: small, TextInput: small, PasswordInput: small, NativeSelect: small, Textarea: small },
};

/** Asked again only where that can help. */
const RETRIED = new Set(["network", "deadline_exceeded", "peer_unavailable", "server_stopping", "database_unavailable"]);
const newQueries = () =>
  new QueryClient({
    defaultOptions: {
      // What cannot be done now is refused now: nothing waits for the network and is then done by itself.
      queries: {
        staleTime: 5_000,
        gcTime: 300_000,
        networkMode: "always",
        retry: (count, error) => count < 3 && navigator.onLine && RETRIED.has(errorCode(error)),
      },
      mutations: { networkMode: "always" },
    },
  });

export function App() {
  return (
    // Variables come from Mantine's style sheet: a style element would be refused by the content security policy.
    <MantineProvider theme={theme} defaultColorScheme="auto" withCssVariables={false} withGlobalClasses={false}>
      <Guard>
        <Entrance />
      </Guard>
      <Notices />
    </MantineProvider>
  );
}

function Entrance() {
  const session = useSession();
  // Another person meets nothing of who was here before.
  return session ? <LoggedIn key={`${session.tenant}/${session.employeeId}`} session={session} /> : <NobodyYet />;
}

function NobodyYet() {
  const [queries] = useState(newQueries);
  return (
    <QueryClientProvider client={queries}>
      <LogInPage />
    </QueryClientProvider>
  );
}

function LoggedIn({ session }: { readonly session: Session }) {
  const [queries] = useState(newQueries);
  return (
    <QueryClientProvider client={queries}>
      {session.mustChangePassword ? <TemporaryPassword session={session} /> : <WithDesktop session={session} />}
    </QueryClientProvider>
  );
}

function WithDesktop({ session }: { readonly session: Session }) {
  const text = useTexts();
  const { data } = useQuery(consoleConfig);
  const [store, setStore] = useState<DesktopStore>();
  const works = worksCalls(session);
  useEffect(() => {
    if (!data?.desktopUrl || !works) return;
    const opened = openDesktopStore(data.desktopUrl);
    setStore(opened);
    return opened.close;
  }, [data?.desktopUrl, works]);
  const desktop = works ? store : noDesktop;
  if (!desktop) return <main className="login dim">{text("app.loading")}</main>;
  return (
    <DesktopContext value={desktop}>
      <Screen session={session} />
      <RenewDialog session={session} />
    </DesktopContext>
  );
}

const PAGES = {
  agent: AgentDesktop,
  board: BoardPage,
  calls: CallsPage,
  queues: QueuesPage,
  records: RecordsPage,
  staff: StaffPage,
  home: HomePage,
} as const satisfies Record<View, unknown>;

function Screen({ session }: { readonly session: Session }) {
  const room = useRoom();
  const { views, first } = viewsOf(session);
  const view = views.find((each) => each === room.split(/[/?]/)[0]) ?? first;
  const Page = PAGES[view];
  return (
    <div className="screen">
      <Header session={session} views={views} view={view} />
      <NoNetwork />
      <KeepWrapUps>
        <Page />
      </KeepWrapUps>
      <AskUnsaved />
    </div>
  );
}

/** A fault in one part must not leave a white page. */
class Guard extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const text = useTexts();
  return (
    <main className="login">
      <p role="alert">{text("app.failed")}</p>
    </main>
  );
}
