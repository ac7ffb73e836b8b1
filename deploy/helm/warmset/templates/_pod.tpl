{{/* What the pods of this chart's own workloads have in common. */}}
{{- define "warmset.podMetadata" -}}
labels:
  {{- include "warmset.selectorLabels" . | nindent 2 }}
  {{- with mustMergeOverwrite (deepCopy .Values.commonLabels) .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  {{- include "warmset.checksum" . | nindent 2 }}
  {{- with .Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "warmset.podSpec" -}}
serviceAccountName: {{ include "warmset.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
{{- with .Values.imagePullSecrets | default (.Values.global | default dict).imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClass }}
{{- if or .create .name }}
priorityClassName: {{ .name | default (include "warmset.fullname" $) }}
{{- end }}
{{- end }}
{{- if .Values.hostPID }}
hostPID: true
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "warmset.nodeSelector" -}}
{{- $selector := deepCopy .Values.nodeSelector -}}
{{- if and .Values.nodeLabel (eq (include "warmset.mode" .) "keeper") -}}
{{- $parts := splitn "=" 2 .Values.nodeLabel -}}
{{- $_ := set $selector $parts._0 ($parts._1 | default "") -}}
{{- end -}}
{{- with $selector -}}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}
