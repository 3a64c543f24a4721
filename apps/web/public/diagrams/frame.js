// Draws the diagrams that the page sends (src/markdown/draw-diagram.ts). The server serves this frame without an origin and
// with a policy that allows inline styles, which Mermaid needs.
(function () {
  var count = 0;

  addEventListener('message', function (event) {
    if (event.source !== parent) return;
    draw(event.data).then(
      function (svg) {
        parent.postMessage({ svg: svg }, '*');
      },
      function (error) {
        parent.postMessage({ error: String(error) }, '*');
      },
    );
  });
  parent.postMessage({ isReady: true }, '*');

  async function draw(question) {
    count += 1;
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: 'strict',
      suppressErrorRendering: true,
      theme: question.theme === 'dark' ? 'dark' : 'default',
      fontFamily: 'ui-sans-serif, system-ui, sans-serif',
      maxTextSize: 20000,
      maxEdges: 300,
      htmlLabels: false,
      flowchart: { htmlLabels: false },
    });
    try {
      var drawn = await mermaid.render('diagram-' + count, question.code);
      return toPicture(drawn.svg);
    } finally {
      document.body.replaceChildren();
    }
  }

  /** As XML, with a size of its own, as a picture needs it. */
  function toPicture(source) {
    document.body.innerHTML = source;
    var svg = document.querySelector('svg');
    var box = svg.viewBox.baseVal;
    svg.setAttribute('width', String(Math.ceil(box.width)));
    svg.setAttribute('height', String(Math.ceil(box.height)));
    svg.style.maxWidth = '';
    return new XMLSerializer().serializeToString(svg);
  }
})();
