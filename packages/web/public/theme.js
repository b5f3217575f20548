/* Applies the theme the user chose, or the link to the portal did, before anything is painted; without a choice the system's applies. */
try {
  const theme = /^\/portal(?:\/|$)/.test(location.pathname)
    ? (new URLSearchParams(location.search).get("theme") ?? sessionStorage.getItem("homing.portal.theme"))
    : localStorage.getItem("homing.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the system's theme it is.
}
