/* Applies the theme the user chose before anything is painted; without a choice the system's applies. */
try {
  const theme = localStorage.getItem("homing.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be forbidden: then the system's theme it is.
}
