{{/*
A model's source: hostPath, claimName or any `volume`. Without one it is the node's directory of the same path in a
DaemonSet, and the serving chart's own volume elsewhere. The argument is a dict with the context `ctx` and the `model`.
*/}}
{{- define "warmset.modelSource" -}}
{{- $model := .model -}}
{{- $given := list -}}
{{- range $key := list "hostPath" "claimName" "volume" -}}
{{- if get $model $key -}}{{- $given = append $given $key -}}{{- end -}}
{{- end -}}
{{- if gt (len $given) 1 -}}
{{- fail (printf "warmset: the model %q has several sources (%s): keep one" $model.name (join ", " $given)) -}}
{{- end -}}
{{- if $model.volume -}}
{{- toYaml $model.volume -}}
{{- else if $model.claimName -}}
persistentVolumeClaim:
  claimName: {{ $model.claimName | quote }}
  readOnly: true
{{- else if or $model.hostPath (eq (include "warmset.mode" .ctx) "keeper") -}}
hostPath:
  path: {{ $model.hostPath | default $model.mountPath | quote }}
  type: Directory
{{- end -}}
{{- end -}}

{{- define "warmset.ownVolumes" -}}
{{- $name := include "warmset.name" . -}}
- name: {{ $name }}-config
  configMap:
    name: {{ include "warmset.fullname" . }}
- name: {{ $name }}-lock
  {{- if eq (include "warmset.lockScope" .) "node" }}
  hostPath:
    path: {{ .Values.lock.hostPath | quote }}
    type: DirectoryOrCreate
  {{- else }}
  emptyDir:
    sizeLimit: 1Mi
  {{- end }}
{{- if include "warmset.stateDirectory" . }}
- name: {{ $name }}-state
  {{- if .Values.state.hostPath }}
  hostPath:
    path: {{ .Values.state.hostPath | quote }}
    type: DirectoryOrCreate
  {{- else }}
  emptyDir: {}
  {{- end }}
{{- end }}
{{- include "warmset.modelVolumes" . }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* A volume may hold several models: it is declared once. */}}
{{- define "warmset.modelVolumes" -}}
{{- $ctx := . -}}
{{- $done := list -}}
{{- range .Values.models }}
{{- $source := include "warmset.modelSource" (dict "ctx" $ctx "model" .) }}
{{- if and $source (not (has .name $done)) }}
{{- $done = append $done .name }}
- name: {{ .name }}
  {{- $source | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "warmset.volumeMounts" -}}
{{- $name := include "warmset.name" . -}}
- name: {{ $name }}-config
  mountPath: /etc/warmset
  readOnly: true
- name: {{ $name }}-lock
  mountPath: {{ include "warmset.lockDirectory" . }}
{{- if include "warmset.stateDirectory" . }}
- name: {{ $name }}-state
  mountPath: {{ include "warmset.stateDirectory" . }}
{{- end }}
{{ include "warmset.modelMounts" . | trim }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The models where the server has them, read-only. */}}
{{- define "warmset.modelMounts" -}}
{{- range .Values.models }}
- name: {{ .name }}
  mountPath: {{ .mountPath | quote }}
  readOnly: true
  {{- with .subPath }}
  subPath: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end -}}
