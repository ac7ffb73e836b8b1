{{- define "warmset.podSecurityContext" -}}
{{- $own := dict "runAsNonRoot" (ne (int .Values.runAs.user) 0) "runAsUser" (int .Values.runAs.user) "runAsGroup" (int .Values.runAs.group) "seccompProfile" .Values.seccompProfile -}}
{{- toYaml (mustMergeOverwrite (deepCopy $own) (deepCopy .Values.podSecurityContext)) -}}
{{- end -}}

{{/* All of it stands at the container, so that a serving pod's own context changes nothing about it. */}}
{{- define "warmset.securityContext" -}}
{{- $user := int .Values.runAs.user -}}
{{- $capabilities := dict "drop" (list "ALL") -}}
{{- if .Values.capabilities -}}
{{- if ne $user 0 -}}
{{- fail (printf "warmset: capabilities %s would have no effect: Kubernetes gives added capabilities to user 0 alone, and runAs.user is %d. Run as the owner of the model files, or as 0 with these" (toJson .Values.capabilities) $user) -}}
{{- end -}}
{{- $_ := set $capabilities "add" .Values.capabilities -}}
{{- end -}}
{{- $own := dict "runAsNonRoot" (ne $user 0) "runAsUser" $user "runAsGroup" (int .Values.runAs.group) "allowPrivilegeEscalation" false "readOnlyRootFilesystem" true "capabilities" $capabilities "seccompProfile" .Values.seccompProfile -}}
{{- toYaml (mustMergeOverwrite (deepCopy $own) (deepCopy .Values.securityContext)) -}}
{{- end -}}

{{/* Gives the node's directories, which the kubelet makes as root's, to runAs. */}}
{{- define "warmset.prepareContainer" -}}
{{- $lock := eq (include "warmset.lockScope" .) "node" -}}
{{- $state := and (include "warmset.stateDirectory" .) .Values.state.hostPath -}}
{{- if and .Values.lock.prepare (or $lock $state) (ne (int .Values.runAs.user) 0) -}}
- name: {{ include "warmset.name" . }}-prepare
  image: {{ include "warmset.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  {{- /* The file of the lock stays when its owner changes. Links are not followed. */}}
  command:
    - /bin/sh
    - -ec
    - |
      owner="$1"; shift
      for directory; do
        chown "$owner" "$directory"
        if [ -e "$directory/warmset.lock" ]; then chown -h "$owner" "$directory/warmset.lock"; fi
      done
    - prepare
    - {{ printf "%d:%d" (int .Values.runAs.user) (int .Values.runAs.group) | quote }}
    {{- if $lock }}
    - {{ include "warmset.lockDirectory" . }}
    {{- end }}
    {{- if $state }}
    - {{ include "warmset.stateDirectory" . }}
    {{- end }}
  securityContext:
    runAsNonRoot: false
    runAsUser: 0
    runAsGroup: 0
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
      add: [CHOWN]
    seccompProfile:
      {{- toYaml .Values.seccompProfile | nindent 6 }}
  resources:
    requests: {cpu: 10m, memory: 16Mi}
    limits: {memory: 64Mi}
  volumeMounts:
    {{- if $lock }}
    - name: {{ include "warmset.name" . }}-lock
      mountPath: {{ include "warmset.lockDirectory" . }}
    {{- end }}
    {{- if $state }}
    - name: {{ include "warmset.name" . }}-state
      mountPath: {{ include "warmset.stateDirectory" . }}
    {{- end }}
{{- end -}}
{{- end -}}
