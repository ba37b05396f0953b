using System.Text.Json.Serialization;

namespace k8s.Models;

public partial record V1AWSElasticBlockStoreVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("partition")]
    public int? Partition { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("volumeID")]
    public string VolumeID { get; set; }
}

public partial record V1AzureDiskVolumeSource
{
    [JsonPropertyName("cachingMode")]
    public string CachingMode { get; set; }

    [JsonPropertyName("diskName")]
    public string DiskName { get; set; }

    [JsonPropertyName("diskURI")]
    public string DiskURI { get; set; }

    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("kind")]
    public string Kind { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }
}

public partial record V1AzureFileVolumeSource
{
    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretName")]
    public string SecretName { get; set; }

    [JsonPropertyName("shareName")]
    public string ShareName { get; set; }
}

public partial record V1CSIVolumeSource
{
    [JsonPropertyName("driver")]
    public string Driver { get; set; }

    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("nodePublishSecretRef")]
    public V1LocalObjectReference NodePublishSecretRef { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("volumeAttributes")]
    public IDictionary<string, string> VolumeAttributes { get; set; }
}

public partial record V1CephFSVolumeSource
{
    [JsonPropertyName("monitors")]
    public IList<string> Monitors { get; set; }

    [JsonPropertyName("path")]
    public string Path { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretFile")]
    public string SecretFile { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }

    [JsonPropertyName("user")]
    public string User { get; set; }
}

public partial record V1CinderVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }

    [JsonPropertyName("volumeID")]
    public string VolumeID { get; set; }
}

public partial record V1ConfigMapProjection
{
    [JsonPropertyName("items")]
    public IList<V1KeyToPath> Items { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("optional")]
    public bool? Optional { get; set; }
}

public partial record V1ConfigMapVolumeSource
{
    [JsonPropertyName("defaultMode")]
    public int? DefaultMode { get; set; }

    [JsonPropertyName("items")]
    public IList<V1KeyToPath> Items { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("optional")]
    public bool? Optional { get; set; }
}

public partial record V1DownwardAPIProjection
{
    [JsonPropertyName("items")]
    public IList<V1DownwardAPIVolumeFile> Items { get; set; }
}

public partial record V1DownwardAPIVolumeFile
{
    [JsonPropertyName("fieldRef")]
    public V1ObjectFieldSelector FieldRef { get; set; }

    [JsonPropertyName("mode")]
    public int? Mode { get; set; }

    [JsonPropertyName("path")]
    public string Path { get; set; }

    [JsonPropertyName("resourceFieldRef")]
    public V1ResourceFieldSelector ResourceFieldRef { get; set; }
}

public partial record V1DownwardAPIVolumeSource
{
    [JsonPropertyName("defaultMode")]
    public int? DefaultMode { get; set; }

    [JsonPropertyName("items")]
    public IList<V1DownwardAPIVolumeFile> Items { get; set; }
}

public partial record V1EmptyDirVolumeSource
{
    [JsonPropertyName("medium")]
    public string Medium { get; set; }

    [JsonPropertyName("sizeLimit")]
    public ResourceQuantity SizeLimit { get; set; }
}

public partial record V1EphemeralVolumeSource
{
    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("volumeClaimTemplate")]
    public V1PersistentVolumeClaimTemplate VolumeClaimTemplate { get; set; }
}

public partial record V1FCVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("lun")]
    public int? Lun { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("targetWWNs")]
    public IList<string> TargetWWNs { get; set; }

    [JsonPropertyName("wwids")]
    public IList<string> Wwids { get; set; }
}

public partial record V1FlexVolumeSource
{
    [JsonPropertyName("driver")]
    public string Driver { get; set; }

    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("options")]
    public IDictionary<string, string> Options { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }
}

public partial record V1FlockerVolumeSource
{
    [JsonPropertyName("datasetName")]
    public string DatasetName { get; set; }

    [JsonPropertyName("datasetUUID")]
    public string DatasetUUID { get; set; }
}

public partial record V1GCEPersistentDiskVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("partition")]
    public int? Partition { get; set; }

    [JsonPropertyName("pdName")]
    public string PdName { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }
}

public partial record V1GitRepoVolumeSource
{
    [JsonPropertyName("directory")]
    public string Directory { get; set; }

    [JsonPropertyName("repository")]
    public string Repository { get; set; }

    [JsonPropertyName("revision")]
    public string Revision { get; set; }
}

public partial record V1GlusterfsVolumeSource
{
    [JsonPropertyName("endpoints")]
    public string Endpoints { get; set; }

    [JsonPropertyName("path")]
    public string Path { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }
}

public partial record V1HostPathVolumeSource
{
    [JsonPropertyName("path")]
    public string Path { get; set; }

    [JsonPropertyName("type")]
    public string Type { get; set; }
}

public partial record V1ISCSIVolumeSource
{
    [JsonPropertyName("chapAuthDiscovery")]
    public bool? ChapAuthDiscovery { get; set; }

    [JsonPropertyName("chapAuthSession")]
    public bool? ChapAuthSession { get; set; }

    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("initiatorName")]
    public string InitiatorName { get; set; }

    [JsonPropertyName("iqn")]
    public string Iqn { get; set; }

    [JsonPropertyName("iscsiInterface")]
    public string IscsiInterface { get; set; }

    [JsonPropertyName("lun")]
    public int Lun { get; set; }

    [JsonPropertyName("portals")]
    public IList<string> Portals { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }

    [JsonPropertyName("targetPortal")]
    public string TargetPortal { get; set; }
}

public partial record V1NFSVolumeSource
{
    [JsonPropertyName("path")]
    public string Path { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("server")]
    public string Server { get; set; }
}

public partial record V1PersistentVolumeClaimSpec
{
    [JsonPropertyName("accessModes")]
    public IList<string> AccessModes { get; set; }

    [JsonPropertyName("dataSource")]
    public V1TypedLocalObjectReference DataSource { get; set; }

    [JsonPropertyName("resources")]
    public V1ResourceRequirements Resources { get; set; }

    [JsonPropertyName("selector")]
    public V1LabelSelector Selector { get; set; }

    [JsonPropertyName("storageClassName")]
    public string StorageClassName { get; set; }

    [JsonPropertyName("volumeMode")]
    public string VolumeMode { get; set; }

    [JsonPropertyName("volumeName")]
    public string VolumeName { get; set; }
}

public partial record V1PersistentVolumeClaimTemplate
{
    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; }

    [JsonPropertyName("spec")]
    public V1PersistentVolumeClaimSpec Spec { get; set; }
}

public partial record V1PersistentVolumeClaimVolumeSource
{
    [JsonPropertyName("claimName")]
    public string ClaimName { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }
}

public partial record V1PhotonPersistentDiskVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("pdID")]
    public string PdID { get; set; }
}

public partial record V1PortworxVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("volumeID")]
    public string VolumeID { get; set; }
}

public partial record V1ProjectedVolumeSource
{
    [JsonPropertyName("defaultMode")]
    public int? DefaultMode { get; set; }

    [JsonPropertyName("sources")]
    public IList<V1VolumeProjection> Sources { get; set; }
}

public partial record V1QuobyteVolumeSource
{
    [JsonPropertyName("group")]
    public string Group { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("registry")]
    public string Registry { get; set; }

    [JsonPropertyName("tenant")]
    public string Tenant { get; set; }

    [JsonPropertyName("user")]
    public string User { get; set; }

    [JsonPropertyName("volume")]
    public string Volume { get; set; }
}

public partial record V1RBDVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("image")]
    public string Image { get; set; }

    [JsonPropertyName("keyring")]
    public string Keyring { get; set; }

    [JsonPropertyName("monitors")]
    public IList<string> Monitors { get; set; }

    [JsonPropertyName("pool")]
    public string Pool { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }

    [JsonPropertyName("user")]
    public string User { get; set; }
}

public partial record V1ScaleIOVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("gateway")]
    public string Gateway { get; set; }

    [JsonPropertyName("protectionDomain")]
    public string ProtectionDomain { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }

    [JsonPropertyName("sslEnabled")]
    public bool? SslEnabled { get; set; }

    [JsonPropertyName("storageMode")]
    public string StorageMode { get; set; }

    [JsonPropertyName("storagePool")]
    public string StoragePool { get; set; }

    [JsonPropertyName("system")]
    public string System { get; set; }

    [JsonPropertyName("volumeName")]
    public string VolumeName { get; set; }
}

public partial record V1SecretProjection
{
    [JsonPropertyName("items")]
    public IList<V1KeyToPath> Items { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("optional")]
    public bool? Optional { get; set; }
}

public partial record V1SecretVolumeSource
{
    [JsonPropertyName("defaultMode")]
    public int? DefaultMode { get; set; }

    [JsonPropertyName("items")]
    public IList<V1KeyToPath> Items { get; set; }

    [JsonPropertyName("optional")]
    public bool? Optional { get; set; }

    [JsonPropertyName("secretName")]
    public string SecretName { get; set; }
}

public partial record V1ServiceAccountTokenProjection
{
    [JsonPropertyName("audience")]
    public string Audience { get; set; }

    [JsonPropertyName("expirationSeconds")]
    public long? ExpirationSeconds { get; set; }

    [JsonPropertyName("path")]
    public string Path { get; set; }
}

public partial record V1StorageOSVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("secretRef")]
    public V1LocalObjectReference SecretRef { get; set; }

    [JsonPropertyName("volumeName")]
    public string VolumeName { get; set; }

    [JsonPropertyName("volumeNamespace")]
    public string VolumeNamespace { get; set; }
}

public partial record V1Volume
{
    [JsonPropertyName("awsElasticBlockStore")]
    public V1AWSElasticBlockStoreVolumeSource AwsElasticBlockStore { get; set; }

    [JsonPropertyName("azureDisk")]
    public V1AzureDiskVolumeSource AzureDisk { get; set; }

    [JsonPropertyName("azureFile")]
    public V1AzureFileVolumeSource AzureFile { get; set; }

    [JsonPropertyName("cephfs")]
    public V1CephFSVolumeSource Cephfs { get; set; }

    [JsonPropertyName("cinder")]
    public V1CinderVolumeSource Cinder { get; set; }

    [JsonPropertyName("configMap")]
    public V1ConfigMapVolumeSource ConfigMap { get; set; }

    [JsonPropertyName("csi")]
    public V1CSIVolumeSource Csi { get; set; }

    [JsonPropertyName("downwardAPI")]
    public V1DownwardAPIVolumeSource DownwardAPI { get; set; }

    [JsonPropertyName("emptyDir")]
    public V1EmptyDirVolumeSource EmptyDir { get; set; }

    [JsonPropertyName("ephemeral")]
    public V1EphemeralVolumeSource Ephemeral { get; set; }

    [JsonPropertyName("fc")]
    public V1FCVolumeSource Fc { get; set; }

    [JsonPropertyName("flexVolume")]
    public V1FlexVolumeSource FlexVolume { get; set; }

    [JsonPropertyName("flocker")]
    public V1FlockerVolumeSource Flocker { get; set; }

    [JsonPropertyName("gcePersistentDisk")]
    public V1GCEPersistentDiskVolumeSource GcePersistentDisk { get; set; }

    [JsonPropertyName("gitRepo")]
    public V1GitRepoVolumeSource GitRepo { get; set; }

    [JsonPropertyName("glusterfs")]
    public V1GlusterfsVolumeSource Glusterfs { get; set; }

    [JsonPropertyName("hostPath")]
    public V1HostPathVolumeSource HostPath { get; set; }

    [JsonPropertyName("iscsi")]
    public V1ISCSIVolumeSource Iscsi { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("nfs")]
    public V1NFSVolumeSource Nfs { get; set; }

    [JsonPropertyName("persistentVolumeClaim")]
    public V1PersistentVolumeClaimVolumeSource PersistentVolumeClaim { get; set; }

    [JsonPropertyName("photonPersistentDisk")]
    public V1PhotonPersistentDiskVolumeSource PhotonPersistentDisk { get; set; }

    [JsonPropertyName("portworxVolume")]
    public V1PortworxVolumeSource PortworxVolume { get; set; }

    [JsonPropertyName("projected")]
    public V1ProjectedVolumeSource Projected { get; set; }

    [JsonPropertyName("quobyte")]
    public V1QuobyteVolumeSource Quobyte { get; set; }

    [JsonPropertyName("rbd")]
    public V1RBDVolumeSource Rbd { get; set; }

    [JsonPropertyName("scaleIO")]
    public V1ScaleIOVolumeSource ScaleIO { get; set; }

    [JsonPropertyName("secret")]
    public V1SecretVolumeSource Secret { get; set; }

    [JsonPropertyName("storageos")]
    public V1StorageOSVolumeSource Storageos { get; set; }

    [JsonPropertyName("vsphereVolume")]
    public V1VsphereVirtualDiskVolumeSource VsphereVolume { get; set; }
}

public partial record V1VolumeDevice
{
    [JsonPropertyName("devicePath")]
    public string DevicePath { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }
}

public partial record V1VolumeMount
{
    [JsonPropertyName("mountPath")]
    public string MountPath { get; set; }

    [JsonPropertyName("mountPropagation")]
    public string MountPropagation { get; set; }

    [JsonPropertyName("name")]
    public string Name { get; set; }

    [JsonPropertyName("readOnly")]
    public bool? ReadOnlyProperty { get; set; }

    [JsonPropertyName("subPath")]
    public string SubPath { get; set; }

    [JsonPropertyName("subPathExpr")]
    public string SubPathExpr { get; set; }
}

public partial record V1VolumeProjection
{
    [JsonPropertyName("configMap")]
    public V1ConfigMapProjection ConfigMap { get; set; }

    [JsonPropertyName("downwardAPI")]
    public V1DownwardAPIProjection DownwardAPI { get; set; }

    [JsonPropertyName("secret")]
    public V1SecretProjection Secret { get; set; }

    [JsonPropertyName("serviceAccountToken")]
    public V1ServiceAccountTokenProjection ServiceAccountToken { get; set; }
}

public partial record V1VsphereVirtualDiskVolumeSource
{
    [JsonPropertyName("fsType")]
    public string FsType { get; set; }

    [JsonPropertyName("storagePolicyID")]
    public string StoragePolicyID { get; set; }

    [JsonPropertyName("storagePolicyName")]
    public string StoragePolicyName { get; set; }

    [JsonPropertyName("volumePath")]
    public string VolumePath { get; set; }
}
