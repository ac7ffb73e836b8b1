{{/*
The context of this chart, wherever an include comes from: this chart itself, a chart that depends on it under any alias,
or a dict with `root`, and with `as` (the alias) or `values` (laid over the values) where wanted.
A template can only return text, so the context is put into the dict `out`, as `context`.
*/}}
{{- define "warmset.findContext" -}}
{{- $in := .in -}}
{{- $root := $in -}}
{{- $as := "" -}}
{{- $over := dict -}}
{{- if hasKey $in "root" -}}
{{- $root = $in.root -}}
{{- $as = $in.as | default "" -}}
{{- $over = $in.values | default dict -}}
{{- end -}}
{{- $found := list -}}
{{- $names := list -}}
{{- if include "warmset.isOurs" $root -}}
{{- $found = list $root -}}
{{- else -}}
{{- range $name, $sub := $root.Subcharts -}}
{{- if include "warmset.isOurs" $sub -}}
{{- $names = append $names $name -}}
{{- if or (not $as) (eq $as $name) -}}{{- $found = append $found $sub -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if not $found -}}
{{- if $as -}}
{{- fail (printf "warmset: chart %s has no warmset dependency called %q; it has: %s" $root.Chart.Name $as (join ", " $names | default "none")) -}}
{{- end -}}
{{- fail (printf "warmset: chart %s includes a template of warmset, but does not have it among its own dependencies: name it in its Chart.yaml" $root.Chart.Name) -}}
{{- end -}}
{{- if gt (len $found) 1 -}}
{{- fail (printf "warmset: chart %s has several warmset dependencies (%s): say which, include \"warmset.…\" (dict \"root\" . \"as\" %q)" $root.Chart.Name (join ", " $names) (first $names)) -}}
{{- end -}}
{{- $context := first $found -}}
{{- if $over -}}
{{- $values := mustMergeOverwrite (deepCopy $context.Values) (deepCopy $over) -}}
{{- $context = dict "Chart" $context.Chart "Values" $values "Release" $context.Release "Files" $context.Files "Capabilities" $context.Capabilities -}}
{{- end -}}
{{- $_ := set .out "context" $context -}}
{{- end -}}

{{- define "warmset.isOurs" -}}
{{- if .Chart.Annotations -}}{{- index .Chart.Annotations "warmset/chart" -}}{{- end -}}
{{- end -}}

{{/* Not empty where the chart is switched on: by its own flag, and by global.warmset.enabled of whoever is above it. */}}
{{- define "warmset.enabled" -}}
{{- $global := (.Values.global | default dict).warmset | default dict -}}
{{- if and .Values.enabled (ne (toString (get $global "enabled")) "false") -}}yes{{- end -}}
{{- end -}}

{{/* keeper, library or server. */}}
{{- define "warmset.mode" -}}
{{- if ne .Values.mode "auto" -}}{{ .Values.mode }}
{{- else if .Chart.IsRoot -}}keeper
{{- else -}}library
{{- end -}}
{{- end -}}
