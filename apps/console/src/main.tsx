import "./style.ts";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startTexts } from "./texts/i18n.ts";

startTexts();
const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
