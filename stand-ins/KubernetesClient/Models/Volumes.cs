using System.Text.Json.Serialization;

namespace k8s.Models;

public partial record V1ClusterTrustBundleProjection
{
    [JsonPropertyName("labelSelector")] public V1LabelSelector LabelSelector { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("optional")] public bool? Optional { get; set; }
    [JsonPropertyName("path")] public string Path { get; set; }
    [JsonPropertyName("signerName")] public string SignerName { get; set; }
}

public partial record V1ConfigMapProjection
{
    [JsonPropertyName("items")] public IList<V1KeyToPath> Items { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("optional")] public bool? Optional { get; set; }
}

public partial record V1ConfigMapVolumeSource
{
    [JsonPropertyName("defaultMode")] public int? DefaultMode { get; set; }
    [JsonPropertyName("items")] public IList<V1KeyToPath> Items { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("optional")] public bool? Optional { get; set; }
}

public partial record V1DownwardAPIProjection
{
    [JsonPropertyName("items")] public IList<V1DownwardAPIVolumeFile> Items { get; set; }
}

public partial record V1DownwardAPIVolumeFile
{
    [JsonPropertyName("fieldRef")] public V1ObjectFieldSelector FieldRef { get; set; }
    [JsonPropertyName("mode")] public int? Mode { get; set; }
    [JsonPropertyName("path")] public string Path { get; set; }
    [JsonPropertyName("resourceFieldRef")] public V1ResourceFieldSelector ResourceFieldRef { get; set; }
}

public partial record V1DownwardAPIVolumeSource
{
    [JsonPropertyName("defaultMode")] public int? DefaultMode { get; set; }
    [JsonPropertyName("items")] public IList<V1DownwardAPIVolumeFile> Items { get; set; }
}

public partial record V1EmptyDirVolumeSource
{
    [JsonPropertyName("medium")] public string Medium { get; set; }
    [JsonPropertyName("sizeLimit")] public ResourceQuantity SizeLimit { get; set; }
}

public partial record V1EphemeralVolumeSource
{
    [JsonPropertyName("volumeClaimTemplate")] public V1PersistentVolumeClaimTemplate VolumeClaimTemplate { get; set; }
}

public partial record V1KeyToPath
{
    [JsonPropertyName("key")] public string Key { get; set; }
    [JsonPropertyName("mode")] public int? Mode { get; set; }
    [JsonPropertyName("path")] public string Path { get; set; }
}

public partial record V1NodeAllocatableResourceClaimStatus
{
    [JsonPropertyName("containers")] public IList<string> Containers { get; set; }
    [JsonPropertyName("resourceClaimName")] public string ResourceClaimName { get; set; }
    [JsonPropertyName("resources")] public IDictionary<string, ResourceQuantity> Resources { get; set; }
}

public partial record V1PersistentVolumeClaimSpec
{
    [JsonPropertyName("accessModes")] public IList<string> AccessModes { get; set; }
    [JsonPropertyName("dataSource")] public V1TypedLocalObjectReference DataSource { get; set; }
    [JsonPropertyName("dataSourceRef")] public V1TypedObjectReference DataSourceRef { get; set; }
    [JsonPropertyName("resources")] public V1VolumeResourceRequirements Resources { get; set; }
    [JsonPropertyName("selector")] public V1LabelSelector Selector { get; set; }
    [JsonPropertyName("storageClassName")] public string StorageClassName { get; set; }
    [JsonPropertyName("volumeAttributesClassName")] public string VolumeAttributesClassName { get; set; }
    [JsonPropertyName("volumeMode")] public string VolumeMode { get; set; }
    [JsonPropertyName("volumeName")] public string VolumeName { get; set; }
}

public partial record V1PersistentVolumeClaimTemplate
{
    [JsonPropertyName("metadata")] public V1ObjectMeta Metadata { get; set; }
    [JsonPropertyName("spec")] public V1PersistentVolumeClaimSpec Spec { get; set; }
}

public partial record V1PersistentVolumeClaimVolumeSource
{
    [JsonPropertyName("claimName")] public string ClaimName { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
}

public partial record V1PodCertificateProjection
{
    [JsonPropertyName("certificateChainPath")] public string CertificateChainPath { get; set; }
    [JsonPropertyName("credentialBundlePath")] public string CredentialBundlePath { get; set; }
    [JsonPropertyName("keyPath")] public string KeyPath { get; set; }
    [JsonPropertyName("keyType")] public string KeyType { get; set; }
    [JsonPropertyName("maxExpirationSeconds")] public int? MaxExpirationSeconds { get; set; }
    [JsonPropertyName("signerName")] public string SignerName { get; set; }
    [JsonPropertyName("userAnnotations")] public IDictionary<string, string> UserAnnotations { get; set; }
}

public partial record V1ProjectedVolumeSource
{
    [JsonPropertyName("defaultMode")] public int? DefaultMode { get; set; }
    [JsonPropertyName("sources")] public IList<V1VolumeProjection> Sources { get; set; }
}

public partial record V1SecretProjection
{
    [JsonPropertyName("items")] public IList<V1KeyToPath> Items { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("optional")] public bool? Optional { get; set; }
}

public partial record V1SecretVolumeSource
{
    [JsonPropertyName("defaultMode")] public int? DefaultMode { get; set; }
    [JsonPropertyName("items")] public IList<V1KeyToPath> Items { get; set; }
    [JsonPropertyName("optional")] public bool? Optional { get; set; }
    [JsonPropertyName("secretName")] public string SecretName { get; set; }
}

public partial record V1ServiceAccountTokenProjection
{
    [JsonPropertyName("audience")] public string Audience { get; set; }
    [JsonPropertyName("expirationSeconds")] public long? ExpirationSeconds { get; set; }
    [JsonPropertyName("path")] public string Path { get; set; }
}

public partial record V1TypedLocalObjectReference
{
    [JsonPropertyName("apiGroup")] public string ApiGroup { get; set; }
    [JsonPropertyName("kind")] public string Kind { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
}

public partial record V1TypedObjectReference
{
    [JsonPropertyName("apiGroup")] public string ApiGroup { get; set; }
    [JsonPropertyName("kind")] public string Kind { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("namespace")] public string NamespaceProperty { get; set; }
}

public partial record V1Volume
{
    [JsonPropertyName("awsElasticBlockStore")] public V1AWSElasticBlockStoreVolumeSource AwsElasticBlockStore { get; set; }
    [JsonPropertyName("azureDisk")] public V1AzureDiskVolumeSource AzureDisk { get; set; }
    [JsonPropertyName("azureFile")] public V1AzureFileVolumeSource AzureFile { get; set; }
    [JsonPropertyName("cephfs")] public V1CephFSVolumeSource Cephfs { get; set; }
    [JsonPropertyName("cinder")] public V1CinderVolumeSource Cinder { get; set; }
    [JsonPropertyName("configMap")] public V1ConfigMapVolumeSource ConfigMap { get; set; }
    [JsonPropertyName("csi")] public V1CSIVolumeSource Csi { get; set; }
    [JsonPropertyName("downwardAPI")] public V1DownwardAPIVolumeSource DownwardAPI { get; set; }
    [JsonPropertyName("emptyDir")] public V1EmptyDirVolumeSource EmptyDir { get; set; }
    [JsonPropertyName("ephemeral")] public V1EphemeralVolumeSource Ephemeral { get; set; }
    [JsonPropertyName("fc")] public V1FCVolumeSource Fc { get; set; }
    [JsonPropertyName("flexVolume")] public V1FlexVolumeSource FlexVolume { get; set; }
    [JsonPropertyName("flocker")] public V1FlockerVolumeSource Flocker { get; set; }
    [JsonPropertyName("gcePersistentDisk")] public V1GCEPersistentDiskVolumeSource GcePersistentDisk { get; set; }
    [JsonPropertyName("gitRepo")] public V1GitRepoVolumeSource GitRepo { get; set; }
    [JsonPropertyName("glusterfs")] public V1GlusterfsVolumeSource Glusterfs { get; set; }
    [JsonPropertyName("hostPath")] public V1HostPathVolumeSource HostPath { get; set; }
    [JsonPropertyName("image")] public V1ImageVolumeSource Image { get; set; }
    [JsonPropertyName("iscsi")] public V1ISCSIVolumeSource Iscsi { get; set; }
    [JsonPropertyName("name")] public string Name { get; set; }
    [JsonPropertyName("nfs")] public V1NFSVolumeSource Nfs { get; set; }
    [JsonPropertyName("persistentVolumeClaim")] public V1PersistentVolumeClaimVolumeSource PersistentVolumeClaim { get; set; }
    [JsonPropertyName("photonPersistentDisk")] public V1PhotonPersistentDiskVolumeSource PhotonPersistentDisk { get; set; }
    [JsonPropertyName("portworxVolume")] public V1PortworxVolumeSource PortworxVolume { get; set; }
    [JsonPropertyName("projected")] public V1ProjectedVolumeSource Projected { get; set; }
    [JsonPropertyName("quobyte")] public V1QuobyteVolumeSource Quobyte { get; set; }
    [JsonPropertyName("rbd")] public V1RBDVolumeSource Rbd { get; set; }
    [JsonPropertyName("scaleIO")] public V1ScaleIOVolumeSource ScaleIO { get; set; }
    [JsonPropertyName("secret")] public V1SecretVolumeSource Secret { get; set; }
    [JsonPropertyName("storageos")] public V1StorageOSVolumeSource Storageos { get; set; }
    [JsonPropertyName("vsphereVolume")] public V1VsphereVirtualDiskVolumeSource VsphereVolume { get; set; }
}

public partial record V1VolumeProjection
{
    [JsonPropertyName("clusterTrustBundle")] public V1ClusterTrustBundleProjection ClusterTrustBundle { get; set; }
    [JsonPropertyName("configMap")] public V1ConfigMapProjection ConfigMap { get; set; }
    [JsonPropertyName("downwardAPI")] public V1DownwardAPIProjection DownwardAPI { get; set; }
    [JsonPropertyName("podCertificate")] public V1PodCertificateProjection PodCertificate { get; set; }
    [JsonPropertyName("secret")] public V1SecretProjection Secret { get; set; }
    [JsonPropertyName("serviceAccountToken")] public V1ServiceAccountTokenProjection ServiceAccountToken { get; set; }
}

public partial record V1VolumeResourceRequirements
{
    [JsonPropertyName("limits")] public IDictionary<string, ResourceQuantity> Limits { get; set; }
    [JsonPropertyName("requests")] public IDictionary<string, ResourceQuantity> Requests { get; set; }
}

public partial record V1VolumeStatus
{
    [JsonPropertyName("image")] public V1ImageVolumeStatus Image { get; set; }
}
