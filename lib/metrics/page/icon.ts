/** Three columns of a page map. */
export const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#17324d"/>' +
  '<path d="M3 13V4h3v9zM7 13V7h3v6zM11 13V5h2v8z" fill="#f2a33a"/></svg>\n';
