import { MantineProvider, type MantineThemeOverride } from "@mantine/core";
import { QueryClient, QueryClientProvider, useQuery } from "@tanstack/react-query";
import { Component, type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { AgentDesktop } from "./agent/agent-desktop.tsx";
import { consoleConfig } from "./api/console-config.ts";
import { errorCode } from "./api/error-text.ts";
import { BoardPage } from "./board/board-page.tsx";
import { CallsPage } from "./calls/calls-page.tsx";
import { DesktopContext, type DesktopStore, openDesktopStore } from "./desktop/desktop-store.ts";
import { QueuesPage } from "./queues/queues-page.tsx";
import { LogInPage } from "./session/log-in-page.tsx";
import { TemporaryPassword } from "./session/password-form.tsx";
import { RenewDialog } from "./session/renew-dialog.tsx";
import { isSupervisor, logOut, type Session, useSession, worksCalls } from "./session/session.ts";
import { useTexts } from "./texts/i18n.ts";
import { Header, VIEWS, type View } from "./ui/header.tsx";
import { Notices } from "./ui/notice.tsx";

const small = { defaultProps: { size: "xs" } };
const theme: MantineThemeOverride = {
  components: { Button: small, TextInput: small, PasswordInput: small, NativeSelect: small, Textarea: small },
};

/** Asked again only where that can help. */
const RETRIED = new Set(["network", "deadline_exceeded", "peer_unavailable", "server_stopping", "database_unavailable"]);
const newQueries = () =>
  new QueryClient({
    defaultOptions: { queries: { staleTime: 5_000, gcTime: 300_000, retry: (count, error) => count < 3 && RETRIED.has(errorCode(error)) } },
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
  useEffect(() => {
    if (!data?.desktopUrl) return;
    const opened = openDesktopStore(data.desktopUrl);
    setStore(opened);
    return opened.close;
  }, [data?.desktopUrl]);
  if (!worksCalls(session)) return <Refused />;
  if (!store) return <main className="login dim">{text("app.loading")}</main>;
  return (
    <DesktopContext value={store}>
      <Screen session={session} />
      <RenewDialog session={session} />
    </DesktopContext>
  );
}

function Refused() {
  const text = useTexts();
  return (
    <main className="login">
      <p>{text("login.nobody")}</p>
      <button type="button" className="plain" onClick={logOut}>
        {text("app.logOut")}
      </button>
    </main>
  );
}

const subscribeHash = (changed: () => void) => {
  window.addEventListener("hashchange", changed);
  return () => window.removeEventListener("hashchange", changed);
};

const PAGES = { agent: AgentDesktop, board: BoardPage, calls: CallsPage, queues: QueuesPage } as const satisfies Record<View, unknown>;

function Screen({ session }: { readonly session: Session }) {
  const hash = useSyncExternalStore(subscribeHash, () => location.hash.slice(1));
  const asked = VIEWS.find((each) => each === hash);
  const view: View = isSupervisor(session) ? (asked ?? "board") : "agent";
  const Page = PAGES[view];
  return (
    <div className="screen">
      <Header session={session} view={view} />
      <Page />
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
