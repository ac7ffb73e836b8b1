{{/* One way to scrape. The job is always warmset, which the rules know it by. */}}
{{- define "warmset.endpoint" -}}
- port: warmset
  path: /metrics
  interval: {{ .interval }}
  scrapeTimeout: {{ .scrapeTimeout }}
  relabelings:
    - targetLabel: job
      replacement: warmset
    - sourceLabels: [__meta_kubernetes_pod_node_name]
      targetLabel: node
    {{- with .relabelings }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .metricRelabelings }}
  metricRelabelings:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "warmset.needMetrics" -}}
{{- if not .Values.metrics.enabled -}}
{{- fail (printf "warmset: %s.enabled needs metrics.enabled: nothing listens otherwise" .what) -}}
{{- end -}}
{{- end -}}

{{/* In a serving chart the pods are the release's, whatever they are called; only those with a port `warmset` count. */}}
{{- define "warmset.monitoredLabels" -}}
{{- if .Values.podMonitor.matchLabels -}}
{{- toYaml .Values.podMonitor.matchLabels -}}
{{- else if eq (include "warmset.mode" .) "library" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- else -}}
{{- include "warmset.selectorLabels" . -}}
{{- end -}}
{{- end -}}
