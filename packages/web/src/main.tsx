// First, so that what a component says about itself wins over what is said about all.
import "./styles/tokens.css";
import "./styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { IS_PORTAL } from "./api/place.ts";
import { App } from "./shell/app.tsx";
import { Contained } from "./ui/contained.tsx";

const root = document.getElementById("root");
// The server has said so to every browser that listens; in a frame the rest of the dashboard shows nothing.
if (root && (IS_PORTAL || top === self)) {
  createRoot(root).render(
    <StrictMode>
      <Contained what="The dashboard">
        <App />
      </Contained>
    </StrictMode>,
  );
}
