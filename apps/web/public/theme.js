// Sets the theme before the first paint: the one chosen on this device, else the system's. src/ui/theme.ts goes on from here.
(function () {
  var chosen = null;
  try {
    chosen = localStorage.getItem('parley:theme');
  } catch {
    // Storage may be off.
  }
  var isDark =
    chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
