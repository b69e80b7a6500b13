"""Documents of a made-up maker in XML, as versions 1.2 and 2.0 of the standard spell them.

The event hashes were confirmed with epcis-event-hash-generator 1.9.3, which read the same XML.
"""

from typing import Any

from gateway.exchange import xml

V12 = """<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" xmlns:cbvmda="urn:epcglobal:cbv:mda"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:acme="https://acme.example/epcis/"
    xmlns:sbdh="http://www.unece.org/cefact/namespaces/StandardBusinessDocumentHeader"
    schemaVersion="1.2" creationDate="2026-03-04T10:01:00+08:00"
    xsi:schemaLocation="urn:epcglobal:epcis:xsd:1 EPCglobal-epcis-1_2.xsd">
  <EPCISHeader>
    <sbdh:StandardBusinessDocumentHeader>
      <sbdh:HeaderVersion>1.0</sbdh:HeaderVersion>
      <sbdh:Sender><sbdh:Identifier Authority="SGLN">urn:epc:id:sgln:6945000.00001.0</sbdh:Identifier></sbdh:Sender>
      <sbdh:Receiver><sbdh:Identifier>urn:epc:id:sgln:6945000.00002.0</sbdh:Identifier></sbdh:Receiver>
      <sbdh:DocumentIdentification><sbdh:InstanceIdentifier>D-7</sbdh:InstanceIdentifier></sbdh:DocumentIdentification>
    </sbdh:StandardBusinessDocumentHeader>
    <extension>
      <EPCISMasterData>
        <VocabularyList>
          <Vocabulary type="urn:epcglobal:epcis:vtype:EPCClass">
            <VocabularyElementList>
              <VocabularyElement id="urn:epc:idpat:sgtin:6945000.000001.*">
                <attribute id="urn:epcglobal:cbv:mda#descriptionShort">燃气热水器</attribute>
                <attribute id="urn:epcglobal:cbv:mda#netWeight"><acme:kg>12.5</acme:kg></attribute>
              </VocabularyElement>
            </VocabularyElementList>
          </Vocabulary>
          <Vocabulary type="urn:epcglobal:epcis:vtype:Location">
            <VocabularyElementList>
              <VocabularyElement id="urn:epc:id:sgln:6945000.00001.0">
                <children><id>urn:epc:id:sgln:6945000.00001.1</id><id>urn:epc:id:sgln:6945000.00001.2</id></children>
              </VocabularyElement>
            </VocabularyElementList>
          </Vocabulary>
        </VocabularyList>
      </EPCISMasterData>
    </extension>
  </EPCISHeader>
  <EPCISBody>
    <EventList>
      <ObjectEvent>
        <eventTime>2026-03-04T10:00:30.3142715+08:00</eventTime>
        <recordTime>2026-03-04T10:00:31Z</recordTime>
        <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <baseExtension>
          <eventID>urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b</eventID>
          <errorDeclaration>
            <declarationTime>2026-03-05T00:00:00Z</declarationTime>
            <reason>urn:epcglobal:cbv:er:incorrect_data</reason>
            <correctiveEventIDs>
              <correctiveEventID>urn:uuid:0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c</correctiveEventID>
            </correctiveEventIDs>
            <acme:by>QA</acme:by>
          </errorDeclaration>
        </baseExtension>
        <epcList>
          <epc>urn:epc:id:sgtin:6945000.000001.H2</epc>
          <epc> urn:epc:id:sgtin:6945000.000001.H1 </epc>
        </epcList>
        <action>ADD</action>
        <bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>
        <disposition>urn:epcglobal:cbv:disp:active</disposition>
        <readPoint><id>urn:epc:id:sgln:6945000.00001.0</id><extension><acme:line>2</acme:line></extension></readPoint>
        <bizLocation><id>urn:epc:id:sgln:6945000.00002.0</id></bizLocation>
        <bizTransactionList>
          <bizTransaction type="urn:epcglobal:cbv:btt:prodorder">https://acme.example/po/9</bizTransaction>
        </bizTransactionList>
        <extension>
          <quantityList>
            <quantityElement>
              <epcClass>urn:epc:class:lgtin:6945000.000002.L3</epcClass><quantity>150.0</quantity><uom>KGM</uom>
            </quantityElement>
            <quantityElement><epcClass>urn:epc:class:lgtin:6945000.000002.L4</epcClass></quantityElement>
          </quantityList>
          <sourceList>
            <source type="urn:epcglobal:cbv:sdt:location">urn:epc:id:sgln:6945000.00001.0</source>
          </sourceList>
          <destinationList>
            <destination type="urn:epcglobal:cbv:sdt:location">urn:epc:id:sgln:6945000.00002.0</destination>
          </destinationList>
          <ilmd>
            <cbvmda:lotNumber>L20260304</cbvmda:lotNumber>
            <acme:rating unit="kW" acme:class="A">24.0<acme:note/></acme:rating>
          </ilmd>
          <extension>
            <sensorElementList>
              <sensorElement>
                <sensorMetadata time="2026-03-04T10:00:00+08:00" deviceID="https://acme.example/s/1" acme:shelf="3"/>
                <sensorReport type="gs1:Pressure" value="2000.0" sDev="0.10" uom="PAL" booleanValue="true"/>
                <sensorReport type="acme:Leak" stringValue="none"/>
                <acme:batch>b</acme:batch>
              </sensorElement>
            </sensorElementList>
          </extension>
        </extension>
        <acme:sealList><acme:sealElement><acme:no>7</acme:no></acme:sealElement></acme:sealList>
        <acme:by>b</acme:by>
        <acme:by>a</acme:by>
      </ObjectEvent>
      <AggregationEvent>
        <eventTime>2026-03-04T11:00:00Z</eventTime>
        <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <parentID>urn:epc:id:sscc:6945000.0000000012</parentID>
        <childEPCs><epc>urn:epc:id:sgtin:6945000.000001.H2</epc></childEPCs>
        <action>ADD</action>
        <bizStep>urn:epcglobal:cbv:bizstep:packing</bizStep>
        <extension>
          <childQuantityList>
            <quantityElement>
              <epcClass>urn:epc:class:lgtin:6945000.000002.L3</epcClass><quantity>12</quantity>
            </quantityElement>
          </childQuantityList>
        </extension>
      </AggregationEvent>
      <TransactionEvent>
        <eventTime>2026-03-04T12:00:00Z</eventTime>
        <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <bizTransactionList>
          <bizTransaction type="urn:epcglobal:cbv:btt:inv">https://acme.example/inv/1</bizTransaction>
        </bizTransactionList>
        <parentID>urn:epc:id:sscc:6945000.0000000012</parentID>
        <epcList/>
        <action>ADD</action>
      </TransactionEvent>
      <extension>
        <TransformationEvent>
          <eventTime>2026-03-04T09:00:00Z</eventTime>
          <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
          <inputQuantityList>
            <quantityElement>
              <epcClass>urn:epc:class:lgtin:6945000.000002.L3</epcClass><quantity>10</quantity><uom>KGM</uom>
            </quantityElement>
          </inputQuantityList>
          <outputEPCList><epc>urn:epc:id:sgtin:6945000.000001.H1</epc></outputEPCList>
          <transformationID>https://acme.example/t/1</transformationID>
          <ilmd><acme:line>L</acme:line></ilmd>
        </TransformationEvent>
      </extension>
    </EventList>
  </EPCISBody>
</epcis:EPCISDocument>
"""

V20 = """<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:2" xmlns:cbv="https://ref.gs1.org/cbv/"
    schemaVersion="2.0" creationDate="2026-03-04T10:01:00Z">
  <EPCISBody>
    <EventList>
      <AssociationEvent xmlns:acme="https://acme.example/epcis/" xmlns:b="http://b.example/">
        <eventTime>2026-03-04T10:00:00Z</eventTime>
        <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
        <certificationInfo>https://acme.example/c/2</certificationInfo>
        <certificationInfo>https://acme.example/c/1</certificationInfo>
        <parentID>https://id.gs1.org/01/06945000000015/21/H1</parentID>
        <childEPCs><epc>https://id.gs1.org/01/06945000000022/21/V1</epc></childEPCs>
        <action>ADD</action>
        <bizStep>https://ref.gs1.org/cbv/BizStep-assembling</bizStep>
        <disposition>cbv:Disp-in_progress</disposition>
        <persistentDisposition>
          <unset>urn:epcglobal:cbv:disp:recalled</unset>
          <set>urn:epcglobal:cbv:disp:conformant</set>
          <set>urn:epcglobal:cbv:disp:completeness_verified</set>
        </persistentDisposition>
        <b:z>1</b:z>
        <acme:a>2</acme:a>
      </AssociationEvent>
    </EventList>
  </EPCISBody>
</epcis:EPCISDocument>
"""

HASHES_12 = [
    "ni:///sha-256;2e4b8a3b4f8d3f772443318cc8947f112ce6a0dfdf8ed306a9dfa3037c9e5dba?ver=CBV2.0",
    "ni:///sha-256;62d1f362cd8f79b040e6fa0f26606a54b2cee53f738486f0e83c9948b0babb68?ver=CBV2.0",
    "ni:///sha-256;adce729132832718aa7321a6931fea45324b022063b598496b874cedccd2d9cd?ver=CBV2.0",
    "ni:///sha-256;cfb6c084a26e287923d84487ef7bc20652a6c66e69676ca877e6b6f202cc1702?ver=CBV2.0",
]
HASHES_20 = [
    "ni:///sha-256;577a96c542f5a914aa36fec321e4e5b3ad1208467b1d489147a3041f22a92ea6?ver=CBV2.0",
]

QUERY = """<q:EPCISQueryDocument xmlns:q="urn:epcglobal:epcis-query:xsd:2" xmlns:acme="https://acme.example/epcis/"
    schemaVersion="2.0" creationDate="2026-03-04T10:01:00Z">
  <acme:ignoreFields><acme:captured/></acme:ignoreFields>
  <EPCISBody>
    <q:QueryResults>
      <queryName>SimpleEventQuery</queryName>
      <resultsBody>
        <EventList>
          <ObjectEvent>
            <eventTime>2026-03-04T10:00:30Z</eventTime>
            <eventTimeZoneOffset>+08:00</eventTimeZoneOffset>
            <epcList><epc>urn:epc:id:sgtin:6945000.000001.H1</epc></epcList>
            <action>OBSERVE</action>
            <bizStep>urn:epcglobal:cbv:bizstep:inspecting</bizStep>
            <readPoint><id>urn:epc:id:sgln:6945000.00001.0</id></readPoint>
            <acme:captured>17</acme:captured>
          </ObjectEvent>
        </EventList>
      </resultsBody>
    </q:QueryResults>
  </EPCISBody>
</q:EPCISQueryDocument>
"""

MASTER_DATA = """<md:EPCISMasterDataDocument xmlns:md="urn:epcglobal:epcis-masterdata:xsd:1"
    schemaVersion="1.0" creationDate="2026-03-04T10:01:00Z">
  <EPCISBody>
    <VocabularyList>
      <Vocabulary type="urn:epcglobal:epcis:vtype:Location">
        <VocabularyElementList><VocabularyElement id="urn:epc:id:sgln:6945000.00001.0"/></VocabularyElementList>
      </Vocabulary>
    </VocabularyList>
  </EPCISBody>
</md:EPCISMasterDataDocument>
"""


def with_event(inside: str) -> bytes:
    """Put some elements into an event, for tests of what is refused; the event stands in line 1."""
    return (
        '<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" schemaVersion="2.0" creationDate="2026-03-04T10:01:00Z">'
        f"<EPCISBody><EventList><ObjectEvent>{inside}</ObjectEvent></EventList></EPCISBody></e:EPCISDocument>"
    ).encode()


def convert(paper: str | bytes) -> Any:
    """Convert a document, for tests that look into what comes out."""
    return xml.convert(paper.encode() if isinstance(paper, str) else paper)
