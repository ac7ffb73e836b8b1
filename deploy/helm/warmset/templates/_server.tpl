{{/* The server's container with the models mounted where it has no mount of that name. */}}
{{- define "warmset.serverContainer" -}}
{{- $container := deepCopy .Values.server.container -}}
{{- if not $container.image -}}
{{- fail "warmset: mode server needs server.container with an image: the model server, as Kubernetes describes a container" -}}
{{- end -}}
{{- include "warmset.checkServer" . -}}
{{- $mounts := $container.volumeMounts | default list -}}
{{- $names := list -}}
{{- range $mounts -}}{{- $names = append $names .name -}}{{- end -}}
{{- range include "warmset.modelMounts" . | fromYamlArray -}}
{{- if not (has .name $names) -}}{{- $mounts = append $mounts . -}}{{- end -}}
{{- end -}}
{{- $_ := set $container "volumeMounts" $mounts -}}
{{- $_ := set $container "name" ($container.name | default "server") -}}
{{- toYaml (list $container) -}}
{{- end -}}

{{- define "warmset.serverInitContainers" -}}
{{- if .Values.server.init }}
{{ include "warmset.initContainer" . }}
{{- else }}
{{ include "warmset.prepare" . }}
{{- end }}
{{- if eq .Values.server.sidecar "native" }}
{{ include "warmset.nativeSidecar" . }}
{{- end }}
{{- end -}}

{{- define "warmset.serverVolumes" -}}
{{- $ctx := . -}}
{{- $own := list -}}
{{- range .Values.server.volumes -}}{{- $own = append $own .name -}}{{- end -}}
{{- range .Values.models -}}
{{- if not (or (has .name $own) (include "warmset.modelSource" (dict "ctx" $ctx "model" .))) -}}
{{- fail (printf "warmset: the model %q has no source: give it hostPath, claimName or volume, or name a volume of server.volumes like it" .name) -}}
{{- end -}}
{{- end -}}
{{- if include "warmset.enabled" . }}
{{- include "warmset.ownVolumes" . }}
{{- else }}
{{- include "warmset.modelVolumes" . }}
{{- end }}
{{- with .Values.server.volumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Pages of an init container that has ended stay charged to the pod, whose limit is then the server's. */}}
{{- define "warmset.checkServer" -}}
{{- $limit := ((.Values.server.container.resources | default dict).limits | default dict).memory -}}
{{- $set := include "warmset.setBytes" . -}}
{{- if and $limit $set .Values.server.init (eq .Values.server.sidecar "none") -}}
{{- if lt (include "warmset.quantityBytes" (dict "value" $limit "what" "server.container.resources.limits.memory") | int64) ($set | int64) -}}
{{- fail (printf "warmset: server.container.resources.limits.memory of %s is less than the %s that the init container makes resident. They stay charged to the pod, and its limit has to hold them and what the server allocates: raise it, or keep a sidecar" (toString $limit) (include "warmset.showBytes" ($set | int64))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
