{{/* warmset.yaml: what `config` says, and what the chart knows better where it says nothing. */}}
{{- define "warmset.config" -}}
{{- $config := deepCopy .Values.config -}}
{{- if not $config.sets -}}
{{- if not .Values.models -}}
{{- fail "warmset: there is nothing to keep: give `models` a directory, or `config.sets` a set" -}}
{{- end -}}
{{- $paths := list -}}
{{- range .Values.models -}}{{- $paths = append $paths .mountPath -}}{{- end -}}
{{- $_ := set $config "sets" (list (dict "name" "models" "order" "load" "targets" $paths)) -}}
{{- end -}}
{{- if and .Values.metrics.enabled (not (hasKey $config "listen")) -}}
{{- $_ := set $config "listen" (printf "%s:%d" .Values.metrics.host (int .Values.metrics.port)) -}}
{{- $_ := set $config "allowRemote" true -}}
{{- end -}}
{{- if not (hasKey ($config.log | default dict) "format") -}}
{{- $_ := set $config "log" (merge (dict "format" "json") ($config.log | default dict)) -}}
{{- end -}}
{{- $limit := .Values.resources.limits.memory -}}
{{- if and $limit (not (include "warmset.setBytes" .)) -}}
{{- $bytes := include "warmset.quantityBytes" (dict "value" $limit "what" "resources.limits.memory") | int64 -}}
{{- $own := include "warmset.ownBytes" . | int64 -}}
{{- $left := min (sub (div (mul $bytes 97) 100) $own) (sub $bytes (add $own 8388608)) -}}
{{- $budget := merge (dict "maxBytes" (printf "%dB" $left)) (omit ($config.budget | default dict) "maxBytes") -}}
{{- $_ := set $config "budget" $budget -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- define "warmset.lockDirectory" -}}
{{- get (.Values.config.lock | default dict) "directory" | default "/run/warmset" -}}
{{- end -}}

{{/* node or pod. */}}
{{- define "warmset.lockScope" -}}
{{- if ne .Values.lock.scope "auto" -}}{{ .Values.lock.scope }}
{{- else -}}{{ ternary "node" "pod" (eq (include "warmset.mode" .) "keeper") }}
{{- end -}}
{{- end -}}

{{/* Where snapshots are kept; empty without any. */}}
{{- define "warmset.stateDirectory" -}}
{{- with .Values.config.snapshot -}}{{- dir .path -}}{{- end -}}
{{- end -}}

{{- define "warmset.checksum" -}}
checksum/warmset: {{ include "warmset.config" . | sha256sum }}
{{- end -}}
