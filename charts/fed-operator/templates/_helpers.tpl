{{- define "fed-operator.fullname" -}}
{{- if contains "fed-operator" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-fed-operator" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "fed-operator.selector" -}}
app.kubernetes.io/name: fed-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "fed-operator.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: fed-operator
{{ include "fed-operator.selector" . }}
{{- end }}

{{- define "fed-operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}{{ default (include "fed-operator.fullname" .) .Values.serviceAccount.name }}{{ else }}{{ default "default" .Values.serviceAccount.name }}{{ end }}
{{- end }}

{{/* (dict "image" .Values.image "registry" ... "version" ...) */}}
{{- define "fed-operator.image" -}}
{{- $registry := .image.registry | default .registry -}}
{{- if $registry }}{{ $registry }}/{{ end }}{{ .image.repository }}{{ if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag | default .version }}{{ end }}
{{- end }}

{{- define "fed-operator.operatorImage" -}}
{{ include "fed-operator.image" (dict "image" .Values.image "registry" .Values.image.registry "version" .Chart.AppVersion) }}
{{- end }}

{{- define "fed-operator.trainerImage" -}}
{{ include "fed-operator.image" (dict "image" .Values.trainer.image "registry" .Values.image.registry "version" .Chart.AppVersion) }}
{{- end }}

{{/* The namespaces served, as {"names": [...]}; empty: all. A claim is one namespace's, so volume storage serves the release's alone. */}}
{{- define "fed-operator.namespaces" -}}
{{- if .Values.storage.claimName -}}
{{- if and .Values.namespaces (ne (.Values.namespaces | join ",") .Release.Namespace) -}}
{{- fail (printf "namespaces: [%s] cannot be served with storage.claimName: a claim is one namespace's. Leave namespaces out, or install the release where the claim is." (.Values.namespaces | join ", ")) -}}
{{- end -}}
{{ dict "names" (list .Release.Namespace) | toJson }}
{{- else -}}
{{ dict "names" (.Values.namespaces | uniq) | toJson }}
{{- end -}}
{{- end }}

{{- define "fed-operator.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "fed-operator.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .Values.trainer.user }}
runAsGroup: {{ .Values.trainer.user }}
fsGroup: {{ .Values.trainer.user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "fed-operator.rules" }}
rules:
  # Jobs are read, patched (the finalizer) and deleted (their time to live is over), never created. Their status is a resource of its own.
  - {apiGroups: [fedoperator.io], resources: [federatedjobs], verbs: [list, watch, patch, delete]}
  - {apiGroups: [fedoperator.io], resources: [federatedjobs/status], verbs: [patch]}
  # Pods name their job as the owner that is not deleted before them.
  - {apiGroups: [fedoperator.io], resources: [federatedjobs/finalizers], verbs: [update]}
  - {apiGroups: [""], resources: [pods], verbs: [get, list, watch, create, delete]}
  # Secrets are read by name, never listed or watched: those that jobs name and that carry the label, and those that it makes.
  - {apiGroups: [""], resources: [secrets], verbs: [get, create, update]}
  - {apiGroups: [""], resources: [events], verbs: [get, create, patch]}
{{- end }}

{{- define "fed-operator.egress" }}
  egress:
    - ports:
        {{- range .Values.networkPolicy.dnsPorts }}
        - {port: {{ . }}, protocol: UDP}
        - {port: {{ . }}, protocol: TCP}
        {{- end }}
    - ports:
        {{- range .Values.networkPolicy.ports }}
        - {port: {{ . }}, protocol: TCP}
        {{- end }}
{{- end }}
