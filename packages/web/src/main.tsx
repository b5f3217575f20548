// First, so that what a component says about itself wins over what is said about all.
import "./styles/tokens.css";
import "./styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./shell/app.tsx";
import { Contained } from "./ui/contained.tsx";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <Contained what="The dashboard">
        <App />
      </Contained>
    </StrictMode>,
  );
}
