{{/* The argument is a dict with the context `ctx` and the `role`: keeper, init, sidecar or native. */}}
{{- define "warmset.container" -}}
{{- $ctx := .ctx -}}
{{- $values := $ctx.Values -}}
{{- $name := include "warmset.name" $ctx -}}
{{- $once := eq .role "init" -}}
- name: {{ $once | ternary (printf "%s-init" $name) $name }}
  image: {{ include "warmset.image" $ctx }}
  imagePullPolicy: {{ $values.image.pullPolicy }}
  args:
    - keep
    - --config=/etc/warmset/warmset.yaml
    {{- if $once }}
    - --once
    - --deadline={{ $values.init.deadline }}
    {{- if not $values.init.required }}
    - --best-effort
    {{- end }}
    {{- end }}
  {{- if eq .role "native" }}
  restartPolicy: Always
  {{- end }}
  {{- with include "warmset.environment" $ctx }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if and $values.metrics.enabled (not $once) }}
  ports:
    - name: warmset
      containerPort: {{ $values.metrics.port }}
      protocol: TCP
  {{- include "warmset.probes" (dict "values" $values "role" .role) | trim | nindent 2 }}
  {{- end }}
  securityContext:
    {{- include "warmset.securityContext" $ctx | nindent 4 }}
  resources:
    {{- include "warmset.resources" $ctx | nindent 4 }}
  volumeMounts:
    {{- include "warmset.volumeMounts" $ctx | nindent 4 }}
{{- end -}}

{{- define "warmset.environment" -}}
{{- $env := list -}}
{{- if eq (toString (get .Values.config "enabled")) "false" -}}
{{- /* Holds even where the file can't be read. */ -}}
{{- $env = append $env (dict "name" "WARMSET_ENABLED" "value" "0") -}}
{{- end -}}
{{- range .Values.models -}}
{{- if .hfHome -}}{{- $env = append $env (dict "name" "HF_HOME" "value" .mountPath) -}}{{- end -}}
{{- end -}}
{{- with concat $env .Values.extraEnv -}}
env:
  {{- toYaml . | nindent 2 }}
{{- end -}}
{{- end -}}

{{/*
Readiness asks whether the keeper works, not whether the set is warm: one that waits for the node's lock while the old one
still has it would never be ready, and an upgrade would wait for ever. How warm it is, metrics and alerts say. Beside a server
there is neither a readiness nor a startup probe: the one would take the server out of service, the other hold up its start.
*/}}
{{- define "warmset.probes" -}}
{{- $probes := .values.probes -}}
{{- range eq .role "keeper" | ternary (list "readinessProbe" "livenessProbe") (list "livenessProbe") }}
{{ . }}:
  httpGet:
    path: /healthz
    port: warmset
  {{- if eq . "livenessProbe" }}
  initialDelaySeconds: 30
  {{- end }}
  periodSeconds: {{ $probes.periodSeconds }}
  timeoutSeconds: 5
  failureThreshold: {{ $probes.failureThreshold }}
{{- end }}
{{- end -}}
