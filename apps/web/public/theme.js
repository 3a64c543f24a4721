// Sets the theme before the first paint: the one chosen on this device, else that of the system. src/ui/theme.ts takes over.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('parley:theme');
  } catch {
    // The browser may refuse storage.
  }
  var isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
