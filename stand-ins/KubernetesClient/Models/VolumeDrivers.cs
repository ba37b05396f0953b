using System.Text.Json.Serialization;

namespace k8s.Models;

public partial record V1AWSElasticBlockStoreVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("partition")] public int? Partition { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("volumeID")] public string VolumeID { get; set; }
}

public partial record V1AzureDiskVolumeSource
{
    [JsonPropertyName("cachingMode")] public string CachingMode { get; set; }
    [JsonPropertyName("diskName")] public string DiskName { get; set; }
    [JsonPropertyName("diskURI")] public string DiskURI { get; set; }
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("kind")] public string Kind { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
}

public partial record V1AzureFileVolumeSource
{
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretName")] public string SecretName { get; set; }
    [JsonPropertyName("shareName")] public string ShareName { get; set; }
}

public partial record V1CSIVolumeSource
{
    [JsonPropertyName("driver")] public string Driver { get; set; }
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("nodePublishSecretRef")] public V1LocalObjectReference NodePublishSecretRef { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("volumeAttributes")] public IDictionary<string, string> VolumeAttributes { get; set; }
}

public partial record V1CephFSVolumeSource
{
    [JsonPropertyName("monitors")] public IList<string> Monitors { get; set; }
    [JsonPropertyName("path")] public string Path { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretFile")] public string SecretFile { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
    [JsonPropertyName("user")] public string User { get; set; }
}

public partial record V1CinderVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
    [JsonPropertyName("volumeID")] public string VolumeID { get; set; }
}

public partial record V1FCVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("lun")] public int? Lun { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("targetWWNs")] public IList<string> TargetWWNs { get; set; }
    [JsonPropertyName("wwids")] public IList<string> Wwids { get; set; }
}

public partial record V1FlexVolumeSource
{
    [JsonPropertyName("driver")] public string Driver { get; set; }
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("options")] public IDictionary<string, string> Options { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
}

public partial record V1FlockerVolumeSource
{
    [JsonPropertyName("datasetName")] public string DatasetName { get; set; }
    [JsonPropertyName("datasetUUID")] public string DatasetUUID { get; set; }
}

public partial record V1GCEPersistentDiskVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("partition")] public int? Partition { get; set; }
    [JsonPropertyName("pdName")] public string PdName { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
}

public partial record V1GitRepoVolumeSource
{
    [JsonPropertyName("directory")] public string Directory { get; set; }
    [JsonPropertyName("repository")] public string Repository { get; set; }
    [JsonPropertyName("revision")] public string Revision { get; set; }
}

public partial record V1GlusterfsVolumeSource
{
    [JsonPropertyName("endpoints")] public string Endpoints { get; set; }
    [JsonPropertyName("path")] public string Path { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
}

public partial record V1HostPathVolumeSource
{
    [JsonPropertyName("path")] public string Path { get; set; }
    [JsonPropertyName("type")] public string Type { get; set; }
}

public partial record V1ISCSIVolumeSource
{
    [JsonPropertyName("chapAuthDiscovery")] public bool? ChapAuthDiscovery { get; set; }
    [JsonPropertyName("chapAuthSession")] public bool? ChapAuthSession { get; set; }
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("initiatorName")] public string InitiatorName { get; set; }
    [JsonPropertyName("iqn")] public string Iqn { get; set; }
    [JsonPropertyName("iscsiInterface")] public string IscsiInterface { get; set; }
    [JsonPropertyName("lun")] public int Lun { get; set; }
    [JsonPropertyName("portals")] public IList<string> Portals { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
    [JsonPropertyName("targetPortal")] public string TargetPortal { get; set; }
}

public partial record V1ImageVolumeSource
{
    [JsonPropertyName("pullPolicy")] public string PullPolicy { get; set; }
    [JsonPropertyName("reference")] public string Reference { get; set; }
}

public partial record V1ImageVolumeStatus
{
    [JsonPropertyName("imageRef")] public string ImageRef { get; set; }
}

public partial record V1NFSVolumeSource
{
    [JsonPropertyName("path")] public string Path { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("server")] public string Server { get; set; }
}

public partial record V1PhotonPersistentDiskVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("pdID")] public string PdID { get; set; }
}

public partial record V1PortworxVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("volumeID")] public string VolumeID { get; set; }
}

public partial record V1QuobyteVolumeSource
{
    [JsonPropertyName("group")] public string Group { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("registry")] public string Registry { get; set; }
    [JsonPropertyName("tenant")] public string Tenant { get; set; }
    [JsonPropertyName("user")] public string User { get; set; }
    [JsonPropertyName("volume")] public string Volume { get; set; }
}

public partial record V1RBDVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("image")] public string Image { get; set; }
    [JsonPropertyName("keyring")] public string Keyring { get; set; }
    [JsonPropertyName("monitors")] public IList<string> Monitors { get; set; }
    [JsonPropertyName("pool")] public string Pool { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
    [JsonPropertyName("user")] public string User { get; set; }
}

public partial record V1ScaleIOVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("gateway")] public string Gateway { get; set; }
    [JsonPropertyName("protectionDomain")] public string ProtectionDomain { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
    [JsonPropertyName("sslEnabled")] public bool? SslEnabled { get; set; }
    [JsonPropertyName("storageMode")] public string StorageMode { get; set; }
    [JsonPropertyName("storagePool")] public string StoragePool { get; set; }
    [JsonPropertyName("system")] public string System { get; set; }
    [JsonPropertyName("volumeName")] public string VolumeName { get; set; }
}

public partial record V1StorageOSVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("readOnly")] public bool? ReadOnlyProperty { get; set; }
    [JsonPropertyName("secretRef")] public V1LocalObjectReference SecretRef { get; set; }
    [JsonPropertyName("volumeName")] public string VolumeName { get; set; }
    [JsonPropertyName("volumeNamespace")] public string VolumeNamespace { get; set; }
}

public partial record V1VsphereVirtualDiskVolumeSource
{
    [JsonPropertyName("fsType")] public string FsType { get; set; }
    [JsonPropertyName("storagePolicyID")] public string StoragePolicyID { get; set; }
    [JsonPropertyName("storagePolicyName")] public string StoragePolicyName { get; set; }
    [JsonPropertyName("volumePath")] public string VolumePath { get; set; }
}
