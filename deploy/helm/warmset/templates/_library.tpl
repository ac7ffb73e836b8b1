{{/*
What other charts include, each in one line below the list that it belongs to:

  initContainers:
    {{- include "warmset.initContainer" . | nindent 4 }}
    {{- include "warmset.nativeSidecar" . | nindent 4 }}
  containers:
    {{- include "warmset.sidecar" . | nindent 4 }}
  volumes:
    {{- include "warmset.volumes" . | nindent 4 }}

All of them are empty where warmset is switched off.
*/}}
{{- define "warmset.initContainer" -}}
{{- include "warmset.included" (dict "in" . "template" "warmset.initContainers") -}}
{{- end -}}

{{- define "warmset.sidecar" -}}
{{- include "warmset.included" (dict "in" . "template" "warmset.container" "role" "sidecar") -}}
{{- end -}}

{{/* An init container with restartPolicy Always: it starts before the server and ends after it. Kubernetes 1.29. */}}
{{- define "warmset.nativeSidecar" -}}
{{- include "warmset.included" (dict "in" . "template" "warmset.container" "role" "native") -}}
{{- end -}}

{{- define "warmset.volumes" -}}
{{- include "warmset.included" (dict "in" . "template" "warmset.ownVolumes") -}}
{{- end -}}

{{/* For pods that include a sidecar without the init container, where lock.scope is node. The init container brings it along. */}}
{{- define "warmset.prepare" -}}
{{- include "warmset.included" (dict "in" . "template" "warmset.prepareContainer") -}}
{{- end -}}

{{/* Annotations of the pod: it starts anew when the configuration changes. */}}
{{- define "warmset.podAnnotations" -}}
{{- include "warmset.included" (dict "in" . "template" "warmset.checksum") -}}
{{- end -}}

{{- define "warmset.initContainers" -}}
{{- with include "warmset.prepareContainer" .ctx }}{{ . }}
{{ end }}
{{- include "warmset.container" (dict "ctx" .ctx "role" "init") -}}
{{- end -}}

{{- define "warmset.included" -}}
{{- $out := dict -}}
{{- include "warmset.findContext" (dict "in" .in "out" $out) -}}
{{- $ctx := $out.context -}}
{{- if include "warmset.enabled" $ctx -}}
{{- if and (eq (.role | default "") "native") (not (semverCompare ">=1.29-0" $ctx.Capabilities.KubeVersion.Version)) -}}
{{- fail (printf "warmset: a native sidecar needs Kubernetes 1.29, this is %s: include \"warmset.sidecar\" among the containers instead" $ctx.Capabilities.KubeVersion.Version) -}}
{{- end -}}
{{- if eq .template "warmset.container" -}}
{{- include "warmset.container" (dict "ctx" $ctx "role" .role) -}}
{{- else if eq .template "warmset.initContainers" -}}
{{- include "warmset.initContainers" (dict "ctx" $ctx) -}}
{{- else -}}
{{- include .template $ctx -}}
{{- end -}}
{{- end -}}
{{- end -}}
