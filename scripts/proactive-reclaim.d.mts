export function takesColdPages(): boolean;
