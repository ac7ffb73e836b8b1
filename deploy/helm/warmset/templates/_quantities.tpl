{{/*
Bytes of a Kubernetes quantity: 16Gi, 1500M, 1.5G, 2e9, 128974848000m or a number. Fractions of a byte are rounded up, as
Kubernetes does. The argument is a dict with `value`, and `what` it is for.
*/}}
{{- define "warmset.quantityBytes" -}}
{{- $factors := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "T" 1000000000000 "P" 1000000000000000 "E" 1000000000000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 "Pi" 1125899906842624 "Ei" 1152921504606846976 -}}
{{- $text := include "warmset.plainText" .value -}}
{{- $number := regexFind "^[0-9]+([.][0-9]*)?|^[.][0-9]+" $text -}}
{{- $unit := trimPrefix $number $text -}}
{{- if and $number (eq $unit "m") -}}
{{- divf (float64 $number) 1000 | ceil | int64 -}}
{{- else if and $number (regexMatch "^[eE][0-9]{1,2}$" $unit) -}}
{{- $bytes := float64 $number -}}
{{- range until (int (regexFind "[0-9]+$" $unit | trimPrefix "0")) -}}{{- $bytes = mulf $bytes 10 -}}{{- end -}}
{{- $bytes | ceil | int64 -}}
{{- else if and $number (hasKey $factors $unit) -}}
{{- mulf (float64 $number) (float64 (get $factors $unit)) | ceil | int64 -}}
{{- else -}}
{{- fail (printf "warmset: %s: %q is no Kubernetes quantity; write 16Gi, 1500M or a number of bytes" .what $text) -}}
{{- end -}}
{{- end -}}

{{/*
Bytes of a size as warmset.yaml writes them: 40GiB, 1.5G or 512MB. K to P count in 1024s here, KB to PB in 1000s: 40G of
the configuration is more than 40G of Kubernetes. Fractions are rounded down, as warmset does.
*/}}
{{- define "warmset.sizeBytes" -}}
{{- $text := include "warmset.plainText" .value -}}
{{- $number := regexFind "^[0-9]+([.][0-9]*)?|^[.][0-9]+" $text -}}
{{- $unit := trimPrefix $number $text | trim | lower -}}
{{- if not (and $number (regexMatch "^([kmgtp](ib?|b)?|b)?$" $unit)) -}}
{{- fail (printf "warmset: %s: %q is no size; write a number with a unit (B, KiB, MiB, GiB, TiB, PiB), such as 40GiB" .what $text) -}}
{{- end -}}
{{- $base := ternary 1000.0 1024.0 (regexMatch "^[kmgtp]b$" $unit) -}}
{{- $bytes := float64 $number -}}
{{- $powers := dict "k" 1 "m" 2 "g" 3 "t" 4 "p" 5 -}}
{{- range until (int (get $powers (trunc 1 $unit) | default 0)) -}}{{- $bytes = mulf $bytes $base -}}{{- end -}}
{{- $bytes | floor | int64 -}}
{{- end -}}

{{/* Numbers of YAML are floats here, and would be written with an exponent. */}}
{{- define "warmset.plainText" -}}
{{- if kindIs "string" . -}}{{- trim . -}}
{{- else if kindIs "float64" . -}}{{- if eq . (floor .) -}}{{- printf "%.0f" . -}}{{- else -}}{{- . -}}{{- end -}}
{{- else -}}{{- toString . -}}
{{- end -}}
{{- end -}}

{{/* Bytes for people: 40.0 GiB. */}}
{{- define "warmset.showBytes" -}}
{{- $bytes := float64 . -}}
{{- if ge $bytes 1073741824.0 -}}{{- printf "%.1f GiB" (divf $bytes 1073741824) -}}
{{- else if ge $bytes 1048576.0 -}}{{- printf "%.1f MiB" (divf $bytes 1048576) -}}
{{- else -}}{{- printf "%.0f B" $bytes -}}
{{- end -}}
{{- end -}}
