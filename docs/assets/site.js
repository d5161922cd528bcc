// What scrolls sideways can be reached and scrolled with the keyboard.
addEventListener("load", () => requestAnimationFrame(() => {
  for (const wide of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset__table, .md-typeset pre > code"))
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
}));
