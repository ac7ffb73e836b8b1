{{/*
The most that may be resident, bytes: the least of budget.maxBytes, the sum of the sets' quotas (where each has one) and
setSize. Empty where none of them is known.
*/}}
{{- define "warmset.setBytes" -}}
{{- $known := list -}}
{{- $config := .Values.config -}}
{{- with .Values.setSize -}}
{{- $known = append $known (include "warmset.quantityBytes" (dict "value" . "what" "setSize") | int64) -}}
{{- end -}}
{{- $budget := ($config.budget | default dict).maxBytes -}}
{{- if not (kindIs "invalid" $budget) -}}
{{- $known = append $known (include "warmset.sizeBytes" (dict "value" $budget "what" "config.budget.maxBytes") | int64) -}}
{{- end -}}
{{- $sum := 0 -}}
{{- $each := not (empty $config.sets) -}}
{{- range $config.sets -}}
{{- if kindIs "invalid" .quota -}}
{{- $each = false -}}
{{- else -}}
{{- $sum = add $sum (include "warmset.sizeBytes" (dict "value" .quota "what" (printf "the quota of set %q" .name)) | int64) -}}
{{- end -}}
{{- end -}}
{{- if $each -}}{{- $known = append $known $sum -}}{{- end -}}
{{- if $known -}}
{{- $least := first $known -}}
{{- range $known -}}{{- $least = min $least . -}}{{- end -}}
{{- $least -}}
{{- end -}}
{{- end -}}

{{/*
The least memory limit for so many resident bytes. warmset leaves 3 % of a cgroup's limit free, at least 8 MiB, because a
cgroup that is full to the brim reclaims what was just read.
*/}}
{{- define "warmset.limitFor" -}}
{{- $fixed := add .set .own -}}
{{- max (add $fixed 8388608) (add1 (div (mul $fixed 100) 97)) -}}
{{- end -}}

{{- define "warmset.ownBytes" -}}
{{- include "warmset.quantityBytes" (dict "value" .Values.keeperMemory "what" "keeperMemory") -}}
{{- end -}}

{{/* The container's resources: limit and budget computed together. */}}
{{- define "warmset.resources" -}}
{{- $own := include "warmset.ownBytes" . | int64 -}}
{{- $set := include "warmset.setBytes" . -}}
{{- $resources := deepCopy .Values.resources -}}
{{- $limits := $resources.limits | default dict -}}
{{- $requests := $resources.requests | default dict -}}
{{- if $limits.memory -}}
{{- $limit := include "warmset.quantityBytes" (dict "value" $limits.memory "what" "resources.limits.memory") | int64 -}}
{{- $needed := include "warmset.limitFor" (dict "set" ($set | default "0" | int64) "own" $own) | int64 -}}
{{- if lt $limit $needed -}}
{{- include "warmset.refuseLimit" (dict "limit" $limit "set" $set "own" $own "needed" $needed "given" $limits.memory) -}}
{{- end -}}
{{- else if $set -}}
{{- $needed := include "warmset.limitFor" (dict "set" ($set | int64) "own" $own) | int64 -}}
{{- $_ := set $limits "memory" (printf "%dMi" (div (add $needed 1048575) 1048576)) -}}
{{- end -}}
{{- if not $requests.memory -}}
{{- $_ := set $requests "memory" (printf "%dMi" (div (add $own 1048575) 1048576)) -}}
{{- end -}}
{{- $_ := set $resources "requests" $requests -}}
{{- if $limits -}}{{- $_ := set $resources "limits" $limits -}}{{- else -}}{{- $_ := unset $resources "limits" -}}{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{- define "warmset.refuseLimit" -}}
{{- $show := "warmset.showBytes" -}}
{{- $least := printf "%dMi" (div (add .needed 1048575) 1048576) -}}
{{- $what := printf "the keeper itself needs %s" (include $show .own) -}}
{{- if .set -}}
{{- $what = printf "up to %s may be resident and the keeper itself needs %s" (include $show (.set | int64)) (include $show .own) -}}
{{- end -}}
{{- fail (printf "warmset: resources.limits.memory of %s is too small. The kernel charges cached pages to the cgroup of whoever reads them first, which is this container: past its limit they are taken away again as fast as they are read. Here %s; with the 3 %% that a full cgroup needs free that is %s at least. Raise the limit, leave it out (it is computed then), or lower config.budget.maxBytes." (toString .given) $what $least) -}}
{{- end -}}
